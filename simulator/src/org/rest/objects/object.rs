//! An object as a query sees it: its fields, its relationships and its rows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::org::Org;
use crate::realm::User;

/// An object.
pub(crate) struct Object {
    /// Its API name.
    pub(crate) name: &'static str,
    /// Its label.
    pub(crate) label: &'static str,
    /// The beginning of the ids of its rows, if it has ids.
    pub(crate) key_prefix: Option<&'static str>,
    /// Its fields. The first names a row in its URL.
    pub(crate) fields: &'static [Field],
    /// The relationships to the rows that its fields name.
    pub(crate) parents: &'static [Parent],
    /// The relationships to the rows that name one of its own.
    pub(crate) children: &'static [Child],
    /// Whether this user sees it.
    pub(crate) visible: fn(&User) -> bool,
    /// The rows that a caller sees, oldest first.
    pub(crate) rows: fn(&Org, &Caller<'_>) -> Vec<Row>,
}

/// Who reads rows.
pub(crate) struct Caller<'a> {
    /// The user.
    pub(crate) user: &'a User,
    /// The version of the API.
    pub(crate) version: u32,
}

/// A field.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its API name.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) kind: Kind,
    /// Whether a condition may name it.
    pub(crate) filterable: bool,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The id of a row.
    Id,
    /// A text.
    Text,
    /// A boolean.
    Flag,
    /// An instant.
    Time,
    /// A whole number.
    Number,
}

impl Kind {
    /// The type as a description and an error name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Id => "ID",
            Self::Text => "string",
            Self::Flag => "boolean",
            Self::Time => "dateTime",
            Self::Number => "int",
        }
    }
}

/// A field of this kind that a condition may name.
pub(crate) const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, filterable: true }
}

/// A field of this kind that can only be selected.
pub(crate) const fn selected_only(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, filterable: false }
}

/// `Profile` in `Profile.Name`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parent {
    /// Name of the relationship.
    pub(crate) name: &'static str,
    /// The field that holds the id.
    pub(crate) field: &'static str,
    /// Name of the object whose row has that id.
    pub(crate) object: &'static str,
}

/// `PermissionSetAssignments` in `SELECT (SELECT Id FROM PermissionSetAssignments) FROM User`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Child {
    /// Name of the relationship.
    pub(crate) name: &'static str,
    /// Name of the object.
    pub(crate) object: &'static str,
    /// The field of that object that holds the id.
    pub(crate) field: &'static str,
}

impl Object {
    /// The field with this name, in any case.
    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// The field that names a row in its URL.
    pub(crate) fn key(&self) -> &'static str {
        self.fields.first().map_or("Id", |field| field.name)
    }
}

/// A row. Fields without a value are null.
#[derive(Debug, Clone)]
pub(crate) struct Row(BTreeMap<&'static str, Cell>);

impl Row {
    /// A row with these values.
    pub(crate) fn new<const N: usize>(values: [(&'static str, Cell); N]) -> Self {
        Self(BTreeMap::from(values))
    }

    /// The same with one more value.
    pub(crate) fn with(mut self, field: &'static str, value: impl Into<Cell>) -> Self {
        self.0.insert(field, value.into());
        self
    }

    /// The value of this field.
    pub(crate) fn get(&self, field: &str) -> &Cell {
        self.0.get(field).unwrap_or(&Cell::Null)
    }
}

/// A value. Null is less than every other value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cell {
    /// No value.
    Null,
    /// A text or an id.
    Text(String),
    /// A boolean.
    Flag(bool),
    /// An instant.
    Time(Timestamp),
    /// A whole number.
    Number(i64),
}

impl Cell {
    /// The value as the REST API writes it.
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => json!(text),
            Self::Flag(flag) => json!(flag),
            Self::Time(at) => json!(at.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()),
            Self::Number(number) => json!(number),
        }
    }

    /// The value as `FORMAT()` writes it for English.
    pub(crate) fn formatted(&self) -> Value {
        match self {
            Self::Time(at) => json!(at.strftime("%-m/%-d/%Y, %-I:%M %p").to_string()),
            Self::Number(number) => json!(number.to_string()),
            other => other.json(),
        }
    }

    /// The value as it is compared and ordered: texts without case.
    pub(crate) fn folded(&self) -> Self {
        match self {
            Self::Text(text) => Self::Text(text.to_lowercase()),
            other => other.clone(),
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Timestamp> for Cell {
    fn from(at: Timestamp) -> Self {
        Self::Time(at)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Every user sees the object.
pub(crate) fn everybody(_: &User) -> bool {
    true
}
