//! Changes of a resource by operations. Source: RFC 7644 3.5.2.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::error::ScimError;
use super::filter::{Filter, member};

/// Applies the operations of a PATCH request to a resource, all or none.
///
/// # Errors
/// With the `scimType` of RFC 7644 3.5.2.
pub(super) fn apply(resource: &Value, request: &Value) -> Result<Value, ScimError> {
    let operations = member(request, "Operations").and_then(Value::as_array);
    let operations = operations.ok_or_else(|| ScimError::bad("invalidSyntax", "Operations is missing"))?;
    if operations.is_empty() || operations.len() > MOST_OPERATIONS {
        return Err(ScimError::bad("invalidSyntax", format!("Operations has 1 to {MOST_OPERATIONS} members")));
    }
    let mut changed = resource.clone();
    let mut work = MOST_WORK;
    for operation in operations {
        change(&mut changed, operation, &mut work)?;
    }
    Ok(changed)
}

/// Applies one operation. `work` is what the whole request may still look through.
fn change(resource: &mut Value, operation: &Value, work: &mut usize) -> Result<(), ScimError> {
    let text = |name: &str| member(operation, name).and_then(Value::as_str);
    // Some clients write `Add` and `Replace`.
    let kind = match text("op").map(str::to_ascii_lowercase).as_deref() {
        Some("add") => Kind::Add,
        Some("replace") => Kind::Replace,
        Some("remove") => Kind::Remove,
        _ => return Err(ScimError::bad("invalidSyntax", "op must be add, replace or remove")),
    };
    let value = member(operation, "value").cloned();
    if value.as_ref().and_then(Value::as_object).is_some_and(|value| value.len() > MOST_MEMBERS) {
        return Err(ScimError::bad("invalidValue", format!("value has at most {MOST_MEMBERS} members")));
    }
    let Some(path) = text("path").filter(|path| !path.is_empty()) else {
        return match (kind, value) {
            (Kind::Remove, _) => Err(ScimError::bad("noTarget", "remove needs a path")),
            (_, Some(Value::Object(members))) => {
                let mut each = members.into_iter();
                each.try_for_each(|(name, value)| at(resource, &Path::parse(&name)?, kind, Some(value), work))
            }
            _ => Err(ScimError::bad("invalidValue", "without a path, value must be an object")),
        };
    };
    if kind != Kind::Remove && value.is_none() {
        return Err(ScimError::bad("invalidValue", "value is missing"));
    }
    at(resource, &Path::parse(path)?, kind, value, work)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Add,
    Replace,
    Remove,
}

/// `attribute`, `attribute.part`, `attribute[filter]` or `attribute[filter].part`.
struct Path {
    attribute: String,
    filter: Option<Filter>,
    part: Option<String>,
}

impl Path {
    fn parse(text: &str) -> Result<Self, ScimError> {
        let wrong = || ScimError::bad("invalidPath", format!("`{text}` is not a path"));
        let (attribute, filter, rest) = match text.split_once('[') {
            Some((attribute, rest)) => {
                let (filter, rest) = rest.rsplit_once(']').ok_or_else(wrong)?;
                (attribute, Some(Filter::parse(filter)?), rest.strip_prefix('.').or(rest.is_empty().then_some("")))
            }
            None => {
                // A colon separates the schema, which has dots of its own.
                let attribute = text.rsplit_once(':').map_or(text, |(_, attribute)| attribute);
                let (attribute, part) = attribute.split_once('.').unwrap_or((attribute, ""));
                (attribute, None, Some(part))
            }
        };
        let part = Some(rest.ok_or_else(wrong)?).filter(|part| !part.is_empty());
        let attribute = attribute.rsplit_once(':').map_or(attribute, |(_, attribute)| attribute);
        let is_name =
            |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-$".contains(c));
        if !is_name(attribute) || !part.is_none_or(is_name) {
            return Err(wrong());
        }
        Ok(Self { attribute: attribute.to_owned(), filter, part: part.map(str::to_owned) })
    }
}

fn at(resource: &mut Value, path: &Path, kind: Kind, value: Option<Value>, work: &mut usize) -> Result<(), ScimError> {
    let Value::Object(members) = resource else { return Err(ScimError::bad("invalidPath", "nothing is there")) };
    if READ_ONLY.iter().any(|name| name.eq_ignore_ascii_case(&path.attribute)) {
        return Err(ScimError::bad("mutability", format!("`{}` is read-only", path.attribute)));
    }
    let name = own_name(members, &path.attribute);
    let values = members.get(&name).and_then(Value::as_array).map_or(0, Vec::len);
    *work = work.checked_sub(members.len().saturating_add(values)).ok_or_else(|| {
        ScimError::bad("tooMany", "the operations look through too many values: send fewer at a time")
    })?;
    match (&path.filter, &path.part) {
        (None, None) => set(members, &name, kind, value),
        (None, Some(part)) => {
            let parent = members.entry(name).or_insert_with(|| Value::Object(Map::new()));
            let Value::Object(parent) = parent else {
                return Err(ScimError::bad(
                    "invalidPath",
                    format!("`{part}` needs a filter: there are several values"),
                ));
            };
            let part = own_name(parent, part);
            set(parent, &part, kind, value);
        }
        (Some(filter), part) => {
            let values = members.entry(name.clone()).or_insert_with(|| Value::Array(Vec::new()));
            let Value::Array(values) = values else {
                return Err(ScimError::bad("invalidPath", format!("`{name}` has one value")));
            };
            among(values, filter, part.as_deref(), kind, value)?;
            if values.is_empty() {
                members.shift_remove(&name);
            }
        }
    }
    Ok(())
}

/// Changes those of several values for which a filter holds.
fn among(
    values: &mut Vec<Value>,
    filter: &Filter,
    part: Option<&str>,
    kind: Kind,
    value: Option<Value>,
) -> Result<(), ScimError> {
    if kind == Kind::Remove && part.is_none() {
        let before = values.len();
        values.retain(|value| !filter.holds(value));
        return if values.len() < before { Ok(()) } else { Err(no_target()) };
    }
    let mut found = false;
    for one in values.iter_mut().filter(|one| filter.holds(one)) {
        found = true;
        match (part, &value, one) {
            (Some(part), value, Value::Object(one)) => {
                let part = own_name(one, part);
                set(one, &part, kind, value.clone());
            }
            (None, Some(Value::Object(new)), Value::Object(one)) => {
                for (name, value) in new {
                    let name = own_name(one, name);
                    one.insert(name, value.clone());
                }
            }
            _ => return Err(ScimError::bad("invalidValue", "value must be an object")),
        }
    }
    if found {
        return Ok(());
    }
    // 3.5.2.1: a value that is not there yet is added, with what the filter says of it.
    let (Some(value), Some(equalities), true) = (value, filter.equalities(), kind != Kind::Remove) else {
        return Err(no_target());
    };
    let mut new: Map<String, Value> =
        equalities.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect();
    match (part, value) {
        (Some(part), value) => {
            new.insert(part.to_owned(), value);
        }
        (None, Value::Object(more)) => new.extend(more),
        (None, _) => return Err(ScimError::bad("invalidValue", "value must be an object")),
    }
    values.push(Value::Object(new));
    Ok(())
}

fn set(members: &mut Map<String, Value>, name: &str, kind: Kind, value: Option<Value>) {
    match (kind, value, members.get_mut(name)) {
        (Kind::Remove, None, _) | (_, Some(Value::Null) | None, _) => {
            members.shift_remove(name);
        }
        // 3.5.2.2 names no value, but clients remove members so.
        (Kind::Remove, Some(Value::Array(gone)), Some(Value::Array(values))) => {
            let gone: BTreeSet<String> = gone.iter().map(identity).collect();
            values.retain(|value| !gone.contains(&identity(value)));
        }
        (Kind::Remove, Some(_), _) => {
            members.shift_remove(name);
        }
        (Kind::Add, Some(Value::Array(new)), Some(Value::Array(values))) => {
            let mut known: BTreeSet<String> = values.iter().map(identity).collect();
            values.extend(new.into_iter().filter(|value| known.insert(identity(value))));
        }
        (Kind::Add, Some(new @ Value::Object(_)), Some(Value::Array(values))) => {
            if !values.iter().any(|own| identity(own) == identity(&new)) {
                values.push(new);
            }
        }
        (Kind::Add | Kind::Replace, Some(Value::Object(new)), Some(Value::Object(own))) => own.extend(new),
        (_, Some(value), _) => {
            members.insert(name.to_owned(), value);
        }
    }
}

/// What tells one of several values from another.
fn identity(value: &Value) -> String {
    member(value, "value").unwrap_or(value).to_string()
}

/// The name as the resource writes it.
fn own_name(members: &Map<String, Value>, name: &str) -> String {
    members.keys().find(|own| own.eq_ignore_ascii_case(name)).cloned().unwrap_or_else(|| name.to_owned())
}

fn no_target() -> ScimError {
    ScimError::bad("noTarget", "the filter of the path holds for no value")
}

const READ_ONLY: [&str; 4] = ["id", "meta", "groups", "schemas"];
const MOST_OPERATIONS: usize = 1_000;
/// Of the value of one operation.
const MOST_MEMBERS: usize = 1_000;
/// Members and values that one request looks through: as many operations as there may be, on a group with as many members.
const MOST_WORK: usize = 2_000_000;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::apply;

    fn patched(resource: &Value, operations: &Value) -> Result<Value, Option<&'static str>> {
        apply(resource, &json!({ "Operations": operations })).map_err(|error| error.kind)
    }

    #[test]
    fn operations_change_what_their_path_names() {
        let user = json!({
            "userName": "rep", "active": true, "name": { "givenName": "R" },
            "emails": [{ "value": "a@x", "type": "work" }],
        });
        for (operation, path, expected) in [
            (json!({ "op": "Replace", "path": "active", "value": false }), "/active", json!(false)),
            (json!({ "op": "replace", "value": { "active": false } }), "/active", json!(false)),
            (json!({ "op": "add", "path": "name.familyName", "value": "F" }), "/name/familyName", json!("F")),
            (json!({ "op": "add", "path": "nickName", "value": "N" }), "/nickName", json!("N")),
            (json!({ "op": "replace", "path": "USERNAME", "value": "x" }), "/userName", json!("x")),
            (
                json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "b@x" }),
                "/emails/0/value",
                json!("b@x"),
            ),
            (
                json!({ "op": "add", "path": "emails[type eq \"home\"].value", "value": "h@x" }),
                "/emails/1",
                json!({ "type": "home", "value": "h@x" }),
            ),
            (
                json!({ "op": "add", "path": "emails", "value": [{ "value": "c@x" }, { "value": "a@x" }] }),
                "/emails/1/value",
                json!("c@x"),
            ),
            (
                json!({ "op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName", "value": "G" }),
                "/name/givenName",
                json!("G"),
            ),
        ] {
            let changed = patched(&user, &json!([operation.clone()])).unwrap();
            assert_eq!(changed.pointer(path), Some(&expected), "{operation}");
        }
        for (operation, gone) in [
            (json!({ "op": "remove", "path": "name" }), "/name"),
            (json!({ "op": "remove", "path": "name.givenName" }), "/name/givenName"),
            (json!({ "op": "remove", "path": "emails[value eq \"a@x\"]" }), "/emails"),
        ] {
            assert_eq!(patched(&user, &json!([operation.clone()])).unwrap().pointer(gone), None, "{operation}");
        }
    }

    #[test]
    fn an_operation_that_cannot_be_is_refused_and_changes_nothing() {
        let user = json!({ "userName": "rep", "emails": [{ "value": "a@x" }] });
        for (operation, kind) in [
            (json!({ "op": "move", "path": "active" }), "invalidSyntax"),
            (json!({ "op": "remove" }), "noTarget"),
            (json!({ "op": "remove", "path": "emails[value eq \"b@x\"]" }), "noTarget"),
            (json!({ "op": "add", "path": "id", "value": "7" }), "mutability"),
            (json!({ "op": "add", "path": "a b", "value": "7" }), "invalidPath"),
            (json!({ "op": "add", "path": "emails[value", "value": "7" }), "invalidPath"),
            (json!({ "op": "add", "path": "emails[value is 7]", "value": "7" }), "invalidFilter"),
            (json!({ "op": "add", "path": "active" }), "invalidValue"),
            (json!({ "op": "add", "value": 7 }), "invalidValue"),
        ] {
            assert_eq!(patched(&user, &json!([operation.clone()])), Err(Some(kind)), "{operation}");
        }
        assert_eq!(patched(&user, &json!([])), Err(Some("invalidSyntax")));
    }

    #[test]
    fn operations_that_would_look_through_very_much_are_refused() {
        let members = |count: usize| (0..count).map(|number| json!({ "value": number })).collect::<Vec<_>>();
        let group = json!({ "displayName": "all", "members": members(1_000) });
        let each = |count: usize| {
            let remove = |number| json!({ "op": "remove", "path": format!("members[value eq {number}]") });
            (0..count).map(remove).collect::<Value>()
        };
        let large = json!({ "displayName": "all", "members": members(100_000) });
        let many: Value = (0..1_001).map(|number| (format!("a{number}"), json!(1))).collect();

        assert!(patched(&group, &each(1_000)).unwrap().pointer("/members").is_none());
        assert_eq!(patched(&large, &each(100)), Err(Some("tooMany")));
        assert_eq!(patched(&group, &json!([{ "op": "add", "value": many }])), Err(Some("invalidValue")));
        let of_one = json!({ "op": "add", "path": "members[value eq 1]", "value": many });
        assert_eq!(patched(&group, &json!([of_one])), Err(Some("invalidValue")));
    }
}
