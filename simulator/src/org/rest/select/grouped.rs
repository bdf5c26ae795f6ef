//! Queries that make one value of many rows: `COUNT(Id)`, `GROUP BY`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeFrom;

use serde_json::{Map, Value, json};

use super::Failure;
use super::sorted::{Order, sort};
use super::world::{Path, World, path};
use crate::org::rest::objects::{Cell, Object, Row};
use crate::org::rest::soql::{Fault, Function, Name, Query, Selected};

/// Whether a query groups its rows.
pub(super) fn is_grouped(query: &Query) -> bool {
    let aggregates = |selected: &Selected| matches!(selected, Selected::Call { function, .. } if function.aggregates());
    !query.groups.is_empty() || query.selected.iter().any(aggregates)
}

/// Whether a query selects nothing but `COUNT()`.
pub(super) fn counts_rows(query: &Query) -> bool {
    let alone = matches!(&query.selected[..], [Selected::Call { function: Function::Count, argument: None, .. }]);
    alone && query.groups.is_empty()
}

/// A column of the answer.
struct Column {
    name: String,
    value: Computed,
}

enum Computed {
    /// The value of the group at this place of `GROUP BY`.
    Group(usize),
    Aggregate(Function, Path),
}

/// The records of a query that groups these rows.
pub(super) fn records(
    world: &World<'_>,
    object: &'static Object,
    query: &Query,
    rows: &[Row],
) -> Result<Vec<Value>, Failure> {
    let mut groups = Vec::new();
    for name in &query.groups {
        world.spend(name.at)?;
        groups.push(path(object, name)?);
    }
    let place_of = |name: &Name| {
        let place = query.groups.iter().position(|group| group.text.eq_ignore_ascii_case(&name.text));
        let ungrouped =
            || Fault::malformed(Some(name.at), format!("Field must be grouped or aggregated: {}", name.text));
        place.ok_or_else(ungrouped)
    };
    let (mut columns, mut unnamed) = (Vec::new(), 0..);
    for selected in &query.selected {
        columns.push(column(world, object, selected, &mut unnamed, &place_of)?);
    }
    let mut order = Vec::new();
    for by in &query.order {
        order.push((place_of(&by.field)?, Order { descending: by.descending, nulls_last: by.nulls_last }));
    }

    let mut by_key: BTreeMap<Vec<Cell>, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        by_key.entry(groups.iter().map(|group| world.comparable(row, group)).collect()).or_default().push(row);
    }
    if groups.is_empty() && by_key.is_empty() {
        by_key.insert(Vec::new(), Vec::new());
    }
    let mut found: Vec<(Vec<Cell>, Vec<&Row>)> = by_key.into_iter().collect();
    let orders: Vec<Order> = order.iter().map(|(_, order)| *order).collect();
    sort(&mut found, &orders, |(key, _)| {
        order.iter().map(|(place, _)| key.get(*place).cloned().unwrap_or(Cell::Null)).collect()
    });

    let record = |(_, rows): (Vec<Cell>, Vec<&Row>)| {
        let mut record = Map::from_iter([("attributes".to_owned(), json!({ "type": "AggregateResult" }))]);
        for Column { name, value } in &columns {
            record.insert(name.clone(), computed(world, value, &groups, &rows));
        }
        Value::Object(record)
    };
    Ok(found.into_iter().map(record).collect())
}

fn column(
    world: &World<'_>,
    object: &'static Object,
    selected: &Selected,
    unnamed: &mut RangeFrom<usize>,
    place_of: &impl Fn(&Name) -> Result<usize, Fault>,
) -> Result<Column, Failure> {
    match selected {
        Selected::Field(name) => {
            world.spend(name.at)?;
            let field = path(object, name)?.field;
            Ok(Column { name: field.name.to_owned(), value: Computed::Group(place_of(name)?) })
        }
        Selected::Call { function, argument: Some(argument), alias } if function.aggregates() => {
            world.spend(argument.at)?;
            let name = match alias {
                Some(alias) => alias.text.clone(),
                None => format!("expr{}", unnamed.next().unwrap_or_default()),
            };
            Ok(Column { name, value: Computed::Aggregate(*function, path(object, argument)?) })
        }
        Selected::Call { argument, .. } => {
            let at = argument.as_ref().map(|argument| argument.at);
            Err(Fault::malformed(at, "Grouped query cannot use this function").into())
        }
        Selected::Fields(_) => Err(Fault::malformed(None, "Grouped query cannot use the FIELDS function").into()),
        Selected::Children(query) => {
            Err(Fault::malformed(Some(query.object.at), "Grouped query cannot use child relationships").into())
        }
    }
}

fn computed(world: &World<'_>, value: &Computed, groups: &[Path], rows: &[&Row]) -> Value {
    match value {
        // The value as the first row has it: a group is the same text in any case.
        Computed::Group(place) => match (groups.get(*place), rows.first()) {
            (Some(group), Some(row)) => world.value(row, group).json(),
            _ => Value::Null,
        },
        Computed::Aggregate(function, path) => {
            let values = || rows.iter().map(|row| world.value(row, path)).filter(|value| *value != Cell::Null);
            match function {
                Function::Count => json!(values().count()),
                Function::CountDistinct => json!(values().map(|value| value.folded()).collect::<BTreeSet<_>>().len()),
                Function::Min => values().min().unwrap_or(Cell::Null).json(),
                Function::Max => values().max().unwrap_or(Cell::Null).json(),
                Function::Format | Function::ToLabel => Value::Null,
            }
        }
    }
}
