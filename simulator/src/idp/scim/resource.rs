//! Users and groups as clients write and read them. Source: RFC 7643 3.1, 4.1 and 4.2.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::error::ScimError;
use super::filter::member;
use super::schema::{GROUP, USER};
use crate::idp::directory::Record;

/// What a client wrote about a user, checked.
///
/// # Errors
/// `invalidValue`, if an attribute is missing or of another type.
pub(super) fn user(sent: &Value) -> Result<Value, ScimError> {
    let mut user = written(sent, USER, &USER_ATTRIBUTES)?;
    match user.get("userName") {
        Some(Value::String(name)) if !name.trim().is_empty() && name.len() <= LONGEST => {}
        _ => return Err(ScimError::bad("invalidValue", "userName must be a text that is not empty")),
    }
    let active = match user.get("active") {
        None | Some(Value::Null) => true,
        Some(Value::Bool(active)) => *active,
        // Some clients send booleans as texts.
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => true,
        Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => false,
        Some(_) => return Err(ScimError::bad("invalidValue", "active must be true or false")),
    };
    user.insert("active".to_owned(), Value::Bool(active));
    for name in ["displayName", "externalId", "password"] {
        if user.get(name).is_some_and(|value| !value.is_string()) {
            return Err(ScimError::bad("invalidValue", format!("{name} must be a text")));
        }
    }
    if user.get("name").is_some_and(|name| !name.is_object()) {
        return Err(ScimError::bad("invalidValue", "name must be an object"));
    }
    let emails = user.get("emails").map(|emails| emails.as_array().ok_or(()));
    let is_email = |email: &Value| member(email, "value").is_some_and(Value::is_string);
    if emails.is_some_and(|emails| !emails.is_ok_and(|emails| emails.iter().all(is_email))) {
        return Err(ScimError::bad("invalidValue", "emails must be an array of objects with a value"));
    }
    Ok(Value::Object(user))
}

/// What a client wrote about a group, checked. `knows` says whether there is a member with this id.
///
/// # Errors
/// `invalidValue`, if an attribute is missing or of another type, or nobody has the id of a member.
pub(super) fn group(sent: &Value, knows: impl Fn(&str) -> bool) -> Result<Value, ScimError> {
    let mut group = written(sent, GROUP, &GROUP_ATTRIBUTES)?;
    if group.get("displayName").and_then(Value::as_str).is_none_or(|name| name.trim().is_empty()) {
        return Err(ScimError::bad("invalidValue", "displayName must be a text that is not empty"));
    }
    let members = match group.shift_remove("members") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(members)) => members,
        Some(_) => return Err(ScimError::bad("invalidValue", "members must be an array")),
    };
    let mut kept: Map<String, Value> = Map::new();
    for sent in &members {
        let id = member(sent, "value").and_then(Value::as_str).unwrap_or_default();
        if !knows(id) {
            return Err(ScimError::bad("invalidValue", format!("nobody has the id `{id}` of a member")));
        }
        kept.insert(id.to_owned(), json!({ "value": id }));
    }
    group.insert("members".to_owned(), kept.into_iter().map(|(_, member)| member).collect());
    Ok(Value::Object(group))
}

/// The attributes that are known, under the names of the schema. Others are ignored (RFC 7644 3.3).
fn written(sent: &Value, schema: &str, known: &[&str]) -> Result<Map<String, Value>, ScimError> {
    if !sent.is_object() {
        return Err(ScimError::bad("invalidSyntax", "The body must be a JSON object"));
    }
    let schemas = member(sent, "schemas").and_then(Value::as_array);
    if schemas.is_some_and(|schemas| !schemas.iter().any(|one| one == schema)) {
        return Err(ScimError::bad("invalidValue", format!("schemas lacks {schema}")));
    }
    let found = known.iter().filter_map(|name| Some(((*name).to_owned(), member(sent, name)?.clone())));
    Ok(found.filter(|(_, value)| !value.is_null()).collect())
}

/// The groups of each user, by the id of the user.
pub(super) fn memberships(groups: &[Record]) -> BTreeMap<&str, Vec<&Record>> {
    let mut all: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
    for group in groups {
        for member in members(group) {
            all.entry(member).or_default().push(group);
        }
    }
    all
}

/// Users by their ids.
pub(super) fn by_id(users: &[Record]) -> BTreeMap<&str, &Record> {
    users.iter().map(|user| (user.id.as_str(), user)).collect()
}

/// A user as it is sent, with its groups.
pub(super) fn shown_user(record: &Record, base: &str, memberships: &BTreeMap<&str, Vec<&Record>>) -> Value {
    let mut user = shown(record, base, USER, "User");
    if let Some(groups) = memberships.get(record.id.as_str()) {
        user["groups"] = groups.iter().map(|group| reference(base, "Groups", group)).collect();
    }
    user
}

/// A group as it is sent, with the names of its members.
pub(super) fn shown_group(record: &Record, base: &str, users: &BTreeMap<&str, &Record>) -> Value {
    let mut group = shown(record, base, GROUP, "Group");
    let of = |id: &str| users.get(id).map(|user| reference(base, "Users", user));
    group["members"] = members(record).filter_map(of).collect();
    group
}

fn members(group: &Record) -> impl Iterator<Item = &str> {
    group.resource["members"].as_array().into_iter().flatten().filter_map(|member| member["value"].as_str())
}

fn reference(base: &str, endpoint: &str, record: &Record) -> Value {
    let name = ["displayName", "userName"].iter().find_map(|name| record.resource[*name].as_str());
    json!({ "value": record.id, "display": name, "$ref": format!("{base}/{endpoint}/{}", record.id) })
}

fn shown(record: &Record, base: &str, schema: &str, kind: &str) -> Value {
    let mut shown = json!({ "schemas": [schema], "id": record.id });
    for (name, value) in record.resource.as_object().into_iter().flatten() {
        shown[name.as_str()] = value.clone();
    }
    shown["meta"] = json!({
        "resourceType": kind,
        "created": record.created.to_string(),
        "lastModified": record.modified.to_string(),
        "location": format!("{base}/{kind}s/{}", record.id),
        "version": format!("W/\"{}\"", record.version),
    });
    shown
}

const USER_ATTRIBUTES: [&str; 7] = ["userName", "externalId", "name", "displayName", "active", "emails", "password"];
const GROUP_ATTRIBUTES: [&str; 3] = ["displayName", "externalId", "members"];
/// Characters of a name.
const LONGEST: usize = 255;
