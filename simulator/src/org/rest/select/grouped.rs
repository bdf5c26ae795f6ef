//! Queries that make one value of many rows: `COUNT(Id)`, `GROUP BY`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeFrom;

use serde_json::{Map, Value, json};

use super::Failure;
use super::filter::{Wanted, compare, wanted};
use super::sorted::{Order, sort};
use super::world::{Path, World, comparable, path};
use crate::org::rest::objects::{Cell, Field, Kind, Object, Row, field};
use crate::org::rest::soql::{Condition, Fault, Function, Measure, Name, Operator, Query, Selected};

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
    let having = query.having.as_ref().map(|having| Having::read(world, object, having, &place_of)).transpose()?;
    let keeps = |rows: &[&Row]| having.as_ref().is_none_or(|having| having.holds(world, &groups, rows));
    let mut found: Vec<(Vec<Cell>, Vec<&Row>)> = by_key.into_iter().filter(|(_, rows)| keeps(rows)).collect();
    let orders: Vec<Order> = order.iter().map(|(_, order)| *order).collect();
    sort(&mut found, &orders, |(key, _)| {
        order.iter().map(|(place, _)| key.get(*place).cloned().unwrap_or(Cell::Null)).collect()
    });

    let record = |(_, rows): (Vec<Cell>, Vec<&Row>)| {
        let mut record = Map::from_iter([("attributes".to_owned(), json!({ "type": "AggregateResult" }))]);
        for Column { name, value } in &columns {
            record.insert(name.clone(), computed(world, value, &groups, &rows).json());
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

/// A condition on a group.
enum Having {
    All(Vec<Having>),
    Any(Vec<Having>),
    Not(Box<Having>),
    Compare { kind: Kind, value: Computed, operator: Operator, wanted: Wanted },
}

impl Having {
    fn read(
        world: &World<'_>,
        object: &'static Object,
        condition: &Condition<Measure>,
        place_of: &impl Fn(&Name) -> Result<usize, Fault>,
    ) -> Result<Self, Failure> {
        let read = |all: &[Condition<Measure>]| {
            all.iter().map(|one| Self::read(world, object, one, place_of)).collect::<Result<Vec<_>, Failure>>()
        };
        Ok(match condition {
            Condition::All(all) => Self::All(read(all)?),
            Condition::Any(all) => Self::Any(read(all)?),
            Condition::Not(inner) => Self::Not(Box::new(Self::read(world, object, inner, place_of)?)),
            Condition::Compare { field, operator, value } => {
                let (name, of, computed) = measured(world, object, field, place_of)?;
                let wanted = wanted(world, of, &name, value)?;
                Self::Compare { kind: of.kind, value: computed, operator: *operator, wanted }
            }
            Condition::Like { field, .. } | Condition::In { field, .. } => {
                let (name, ..) = measured(world, object, field, place_of)?;
                let message = "the simulated org compares groups by =, !=, <, <=, > and >= only";
                return Err(Fault::malformed(Some(name.at), message).into());
            }
        })
    }

    fn holds(&self, world: &World<'_>, groups: &[Path], rows: &[&Row]) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.holds(world, groups, rows)),
            Self::Any(all) => all.iter().any(|one| one.holds(world, groups, rows)),
            Self::Not(inner) => !inner.holds(world, groups, rows),
            Self::Compare { kind, value, operator, wanted } => {
                compare(&comparable(*kind, computed(world, value, groups, rows)), *operator, wanted)
            }
        }
    }
}

/// What `HAVING` compares: where it is written, the field whose kind of value it is, and how it is computed.
fn measured(
    world: &World<'_>,
    object: &'static Object,
    measure: &Measure,
    place_of: &impl Fn(&Name) -> Result<usize, Fault>,
) -> Result<(Name, &'static Field, Computed), Failure> {
    let key = Name { text: object.key().to_owned(), at: 0 };
    let name = match measure {
        Measure::Group(name) | Measure::Aggregate(_, Some(name)) => name,
        Measure::Aggregate(_, None) => &key,
    };
    world.spend(name.at)?;
    let of = path(object, name)?;
    let field = of.field;
    Ok(match measure {
        Measure::Group(name) => (name.clone(), field, Computed::Group(place_of(name)?)),
        Measure::Aggregate(function, _) => {
            let counts = matches!(function, Function::Count | Function::CountDistinct);
            (name.clone(), if counts { &COUNTED } else { field }, Computed::Aggregate(*function, of))
        }
    })
}

static COUNTED: Field = field("count", Kind::Number);

fn computed(world: &World<'_>, value: &Computed, groups: &[Path], rows: &[&Row]) -> Cell {
    match value {
        // The value as the first row has it: a group is the same text in any case.
        Computed::Group(place) => match (groups.get(*place), rows.first()) {
            (Some(group), Some(row)) => world.value(row, group),
            _ => Cell::Null,
        },
        Computed::Aggregate(function, path) => {
            let values = || rows.iter().map(|row| world.value(row, path)).filter(|value| *value != Cell::Null);
            let number = |count: usize| Cell::Number(i64::try_from(count).unwrap_or(i64::MAX));
            match function {
                Function::Count => number(values().count()),
                Function::CountDistinct => number(values().map(|value| value.folded()).collect::<BTreeSet<_>>().len()),
                Function::Min => values().min().unwrap_or(Cell::Null),
                Function::Max => values().max().unwrap_or(Cell::Null),
                Function::Format | Function::ToLabel => Cell::Null,
            }
        }
    }
}
