//! The columns that a query selects, under the names that they have in its records (contract H6.6).

use serde_json::{Value, json};

use super::world::{Path, path};
use super::{Failure, grouped, relationship};
use crate::org::rest::objects::{Kind, Object};
use crate::org::rest::soql::{FieldSet, Query, Selected};

/// The columns of a query of this object; none for `COUNT()`, which finds no records.
pub(super) fn columns(object: &'static Object, query: &Query) -> Result<Vec<Value>, Failure> {
    let is_grouped = grouped::is_grouped(query);
    let (mut columns, mut unnamed) = (Vec::new(), 0..);
    for selected in &query.selected {
        match selected {
            Selected::Field(name) => {
                let path = path(object, name)?;
                // A record of a group is flat.
                columns.push(if is_grouped { column(path.field.name, Some(path.field.kind)) } else { joined(&path) });
            }
            Selected::Fields(FieldSet::All | FieldSet::Standard) => {
                columns.extend(object.fields.iter().map(|field| column(field.name, Some(field.kind))));
            }
            // There are no custom fields.
            Selected::Fields(FieldSet::Custom) | Selected::Call { argument: None, .. } => {}
            Selected::Call { function, argument: Some(argument), alias } => {
                let path = path(object, argument)?;
                let name = match alias {
                    Some(alias) => alias.text.clone(),
                    None if function.aggregates() => format!("expr{}", unnamed.next().unwrap_or_default()),
                    None => {
                        columns.push(joined(&path));
                        continue;
                    }
                };
                let mut called = column(&name, None);
                called["displayName"] = json!(format!("{}({})", function.name(), path.field.name));
                called["aggregate"] = json!(function.aggregates());
                columns.push(called);
            }
            Selected::Children(query) => {
                let (child, object) = relationship(object, query)?;
                let mut nested = column(child.name, None);
                nested["aggregate"] = json!(true);
                nested["joinColumns"] = json!(self::columns(object, query)?);
                columns.push(nested);
            }
        }
    }
    Ok(columns)
}

/// The column of a field, inside those of the relationships that lead to it.
fn joined(path: &Path) -> Value {
    let own = column(path.field.name, Some(path.field.kind));
    path.hops.iter().rev().fold(own, |inner, hop| {
        let mut outer = column(hop.name, None);
        outer["foreignKeyName"] = json!(hop.field);
        outer["joinColumns"] = json!([inner]);
        outer
    })
}

fn column(name: &str, kind: Option<Kind>) -> Value {
    json!({
        "aggregate": false,
        "apexType": null,
        "booleanType": kind == Some(Kind::Flag),
        "columnName": name,
        "custom": false,
        "displayName": name,
        "foreignKeyName": null,
        "insertable": false,
        "joinColumns": [],
        "numberType": kind == Some(Kind::Number),
        "textType": kind == Some(Kind::Text),
        "updatable": false,
    })
}
