//! Runs a query against the org (contract H6.1 to H6.3).

mod filter;
mod grouped;
mod metadata;
mod sorted;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::objects::{self, Cell, Child, Object, Parent, Row};
use super::soql::{Fault, FaultCode, FieldSet, Function, Name, Query, Selected};
use crate::org::Org;
use crate::realm::User;
use filter::Filter;
use sorted::{Order, sort};
use world::{Path, World, comparable, path};

/// What a query finds.
pub(super) struct Found {
    /// How many rows.
    pub(super) total: usize,
    /// The rows as the API writes them; none for `COUNT()`.
    pub(super) records: Vec<Value>,
}

/// Why a query finds nothing.
pub(super) enum Failure {
    /// The query is wrong.
    Fault(Fault),
    /// A real org has this object.
    NotSimulated(Fault, String),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Runs a query for a caller. `version` is that of the URLs in the answer.
///
/// # Errors
///
/// If it names what the org does not have, or compares what cannot be compared.
pub(super) fn run(org: &Org, caller: &User, version: &str, query: &Query) -> Result<Found, Failure> {
    let world = World::new(org, caller, version);
    let object = object(&world, &query.object)?;
    if query.offset > MOST_OFFSET {
        let message = format!("Maximum SOQL offset allowed is {MOST_OFFSET}");
        return Err(Fault { code: FaultCode::NumberOutsideValidRange, at: None, message }.into());
    }
    if grouped::counts_rows(query) {
        let total = window(query, filtered(&world, object, query)?).len();
        return Ok(Found { total, records: Vec::new() });
    }
    let records = if grouped::is_grouped(query) {
        let records = grouped::records(&world, object, query, &filtered(&world, object, query)?)?;
        window(query, records)
    } else {
        let columns = columns(&world, object, query)?;
        let rows = window(query, ordered(&world, object, query)?);
        rows.iter().map(|row| record(&world, version, object, row, &columns)).collect()
    };
    Ok(Found { total: records.len(), records })
}

/// What a query selects, without its rows (contract H6.6).
///
/// # Errors
///
/// If it names what the org does not have.
pub(super) fn described(org: &Org, caller: &User, version: &str, query: &Query) -> Result<Value, Failure> {
    let world = World::new(org, caller, version);
    let object = object(&world, &query.object)?;
    let columns = metadata::columns(object, query)?;
    Ok(json!({
        "entityName": object.name,
        "keyPrefix": object.key_prefix,
        "groupBy": !query.groups.is_empty(),
        "idSelected": columns.iter().any(|column| column["columnName"] == "Id"),
        "columnMetadata": columns,
    }))
}

/// A row with all its fields, or with those that are named.
///
/// # Errors
///
/// If the object lacks a field, or the caller does not see it.
pub(super) fn row(
    org: &Org,
    caller: &User,
    version: &str,
    object: &'static Object,
    (id, fields): (&str, Option<&str>),
) -> Result<Option<Value>, Fault> {
    let world = World::new(org, caller, version);
    let columns: Vec<Column> = match fields {
        Some(fields) => {
            let name = |text: &str| Name { text: text.trim().to_owned(), at: 0 };
            let paths = fields.split(',').map(|field| path(object, &name(field))).collect::<Result<Vec<Path>, Fault>>();
            let paths = paths.map_err(|fault| Fault { at: None, ..fault })?;
            paths.into_iter().map(Column::Field).collect()
        }
        None => all_fields(object).collect(),
    };
    let loaded = world.load(object);
    // An id has 15 characters, or 18 with the check characters.
    let is_it = |row: &&Row| {
        let own = row.get(object.key()).text();
        own.is_some_and(|own| own == id || (id.len() == 15 && own.starts_with(id)))
    };
    Ok(loaded.rows.iter().find(is_it).map(|row| record(&world, version, object, row, &columns)))
}

/// What is selected of a row.
enum Column {
    Field(Path),
    /// `FORMAT()` or `toLabel()`, under this name.
    Called(Function, Path, Option<String>),
    Children(Box<Children>),
}

/// A nested query, run once for all rows.
struct Children {
    name: &'static str,
    object: &'static Object,
    columns: Vec<Column>,
    by_parent: BTreeMap<Cell, Vec<Row>>,
    offset: usize,
    limit: usize,
}

/// The object that a query names.
fn object(world: &World<'_>, name: &Name) -> Result<&'static Object, Failure> {
    let invalid = |why: &str| Fault {
        code: FaultCode::InvalidType,
        at: Some(name.at),
        message: format!("sObject type '{}' is not supported{why}", name.text),
    };
    match objects::find(&name.text) {
        Some(object) if world.sees(object) => Ok(object),
        // The org is no Dev Hub, which `sf` asks of every org.
        None if !name.text.eq_ignore_ascii_case("ScratchOrgInfo") => {
            Err(Failure::NotSimulated(invalid(": it is not simulated by Vestibule."), name.text.clone()))
        }
        _ => Err(invalid(&format!(". {CUSTOM_OBJECT}")).into()),
    }
}

/// The rows for which the condition holds.
fn filtered(world: &World<'_>, object: &'static Object, query: &Query) -> Result<Vec<Row>, Failure> {
    let loaded = world.load(object);
    match &query.condition {
        Some(condition) => {
            let filter = Filter::read(world, object, condition)?;
            Ok(loaded.rows.iter().filter(|row| filter.holds(world, row)).cloned().collect())
        }
        None => Ok(loaded.rows.clone()),
    }
}

/// The same in their order.
fn ordered(world: &World<'_>, object: &'static Object, query: &Query) -> Result<Vec<Row>, Failure> {
    let (mut orders, mut paths) = (Vec::new(), Vec::new());
    for by in &query.order {
        world.spend(by.field.at)?;
        paths.push(path(object, &by.field)?);
        orders.push(Order { descending: by.descending, nulls_last: by.nulls_last });
    }
    let mut rows = filtered(world, object, query)?;
    sort(&mut rows, &orders, |row| paths.iter().map(|path| world.comparable(row, path)).collect());
    Ok(rows)
}

/// What `OFFSET` and `LIMIT` leave.
fn window<T>(query: &Query, all: Vec<T>) -> Vec<T> {
    all.into_iter().skip(query.offset).take(query.limit.unwrap_or(usize::MAX)).collect()
}

fn columns(world: &World<'_>, object: &'static Object, query: &Query) -> Result<Vec<Column>, Failure> {
    let (mut columns, mut seen) = (Vec::new(), BTreeSet::new());
    for selected in &query.selected {
        match selected {
            Selected::Field(name) => {
                once(&mut seen, name)?;
                columns.push(Column::Field(path(object, name)?));
            }
            Selected::Call { function, argument: Some(name), alias } => {
                // Aliases make any number of columns of one field.
                world.spend(name.at)?;
                let shown = alias.as_ref().unwrap_or(name);
                once(&mut seen, shown)?;
                let path = path(object, name)?;
                let alias = alias.as_ref().map(|alias| alias.text.clone());
                columns.push(Column::Called(*function, path, alias));
            }
            // There are no custom fields, and the grammar reads a call without a field only for COUNT, which groups.
            Selected::Call { argument: None, .. } | Selected::Fields(FieldSet::Custom) => {}
            Selected::Fields(set) => {
                if *set == FieldSet::All && query.limit.is_none_or(|limit| limit > MOST_FIELDS_ROWS) {
                    let message = format!("The SOQL FIELDS function must have a LIMIT of at most {MOST_FIELDS_ROWS}");
                    return Err(Fault::malformed(None, message).into());
                }
                for field in object.fields {
                    once(&mut seen, &Name { text: field.name.to_owned(), at: 0 })?;
                }
                columns.extend(all_fields(object));
            }
            Selected::Children(query) => {
                once(&mut seen, &query.object)?;
                columns.push(Column::Children(Box::new(children(world, object, query)?)));
            }
        }
    }
    Ok(columns)
}

/// No field is selected twice.
fn once(seen: &mut BTreeSet<String>, name: &Name) -> Result<(), Fault> {
    if seen.insert(name.text.to_lowercase()) {
        return Ok(());
    }
    Err(Fault::field(name.at, format!("duplicate field selected: {}", name.text)))
}

fn all_fields(object: &'static Object) -> impl Iterator<Item = Column> {
    object.fields.iter().map(|field| Column::Field(Path { hops: Vec::new(), field }))
}

/// The relationship that a nested query names, and the object to which it leads.
fn relationship(object: &'static Object, query: &Query) -> Result<(&'static Child, &'static Object), Fault> {
    let child = object.children.iter().find(|child| child.name.eq_ignore_ascii_case(&query.object.text));
    child.and_then(|child| Some((child, objects::find(child.object)?))).ok_or_else(|| {
        let message = format!(
            "Didn't understand relationship '{}' in FROM part of query call. {CUSTOM_OBJECT}",
            query.object.text
        );
        Fault { code: FaultCode::InvalidType, at: Some(query.object.at), message }
    })
}

fn children(world: &World<'_>, object: &'static Object, query: &Query) -> Result<Children, Failure> {
    let (child, object) = relationship(object, query)?;
    if grouped::is_grouped(query) {
        return Err(Fault::malformed(Some(query.object.at), "a nested query cannot group its rows").into());
    }
    let columns = columns(world, object, query)?;
    let mut by_parent: BTreeMap<Cell, Vec<Row>> = BTreeMap::new();
    for row in ordered(world, object, query)? {
        by_parent.entry(row.get(child.field).clone()).or_default().push(row);
    }
    let limit = query.limit.unwrap_or(usize::MAX);
    Ok(Children { name: child.name, object, columns, by_parent, offset: query.offset, limit })
}

/// The values of the only field that a query selects, as they are compared.
fn values_of(world: &World<'_>, query: &Query) -> Result<BTreeSet<Cell>, Failure> {
    world.spend(query.object.at)?;
    let object = object(world, &query.object)?;
    let [Selected::Field(name)] = &query.selected[..] else {
        let message = "a query in a condition selects one field";
        return Err(Fault::malformed(Some(query.object.at), message).into());
    };
    let path = path(object, name)?;
    let rows = window(query, ordered(world, object, query)?);
    let values = rows.iter().map(|row| comparable(path.field.kind, world.value(row, &path)));
    Ok(values.filter(|value| *value != Cell::Null).collect())
}

fn record(world: &World<'_>, version: &str, object: &Object, row: &Row, columns: &[Column]) -> Value {
    let mut record = Map::from_iter([("attributes".to_owned(), attributes(version, object, row))]);
    for column in columns {
        match column {
            Column::Field(path) => {
                let value = world.value(row, path).json();
                put(world, version, row, &path.hops, &mut record, (path.field.name, value));
            }
            Column::Called(function, path, alias) => {
                let value = world.value(row, path);
                // The labels of the values here are the values.
                let value = if *function == Function::Format { value.formatted() } else { value.json() };
                match alias {
                    Some(alias) => {
                        record.insert(alias.clone(), value);
                    }
                    None => put(world, version, row, &path.hops, &mut record, (path.field.name, value)),
                }
            }
            Column::Children(children) => {
                let key = row.get(object.key());
                record.insert(children.name.to_owned(), nested(world, version, children, key));
            }
        }
    }
    Value::Object(record)
}

/// Puts a value into the record to which the hops lead.
fn put(
    world: &World<'_>,
    version: &str,
    row: &Row,
    hops: &[&'static Parent],
    record: &mut Map<String, Value>,
    (name, value): (&str, Value),
) {
    let Some((hop, further)) = hops.split_first() else {
        record.insert(name.to_owned(), value);
        return;
    };
    let entry = record.entry(hop.name);
    let (Some(parent), Some(object)) = (world.parent(row, hop), objects::find(hop.object)) else {
        entry.or_insert(Value::Null);
        return;
    };
    let inner = entry.or_insert_with(|| json!({ "attributes": attributes(version, object, &parent) }));
    if let Value::Object(inner) = inner {
        put(world, version, &parent, further, inner, (name, value));
    }
}

fn nested(world: &World<'_>, version: &str, children: &Children, parent: &Cell) -> Value {
    let rows = children.by_parent.get(parent).into_iter().flatten().skip(children.offset).take(children.limit);
    let records: Vec<Value> = rows.map(|row| record(world, version, children.object, row, &children.columns)).collect();
    if records.is_empty() {
        return Value::Null;
    }
    json!({ "totalSize": records.len(), "done": true, "records": records })
}

fn attributes(version: &str, object: &Object, row: &Row) -> Value {
    let key = row.get(object.key()).text().unwrap_or_default();
    json!({ "type": object.name, "url": format!("/services/data/{version}/sobjects/{}/{key}", object.name) })
}

/// Source: SOQL and SOSL Reference, "OFFSET".
const MOST_OFFSET: usize = 2_000;
/// Source: SOQL and SOSL Reference, "FIELDS()".
const MOST_FIELDS_ROWS: usize = 200;

const CUSTOM_OBJECT: &str = "If you are attempting to use a custom object, be sure to append the '__c' after the entity \
    name. Please reference your WSDL or the describe call for the appropriate names.";
