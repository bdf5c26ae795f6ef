//! The generic tree of a document, which can be changed before it is typed.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::spanned::Span;
use super::syntax;
use crate::diagnostic::{Diagnostic, Source};

/// A value of the tree and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The place.
    pub span: Span,
    /// The value.
    pub value: Value,
}

/// A value of the tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing, or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order of its keys in the text.
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// The place.
    pub span: Span,
    /// The key.
    pub name: String,
}

impl Node {
    /// The entries of a mapping; a value left empty counts as an empty mapping.
    pub fn entries(&self) -> Option<&[(Key, Node)]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            Value::Null => Some(&[]),
            _ => None,
        }
    }

    /// The value of a key of a mapping.
    pub fn get(&self, name: &str) -> Option<&(Key, Node)> {
        self.entries()?.iter().find(|(key, _)| key.name == name)
    }

    /// What the value is, for a message.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }
}

/// Every document of a source, except documents without content.
///
/// # Errors
///
/// What the parser refuses, at its place.
pub fn documents(source: &Source) -> Result<Vec<Node>, Diagnostic> {
    let raw: Vec<Raw> = serde_saphyr::from_multiple_with_options(source.text(), syntax::options())
        .map_err(|error| syntax::diagnostic(source, &error))?;
    let nodes = raw.into_iter().map(|raw| node(source, raw));
    Ok(nodes.filter(|node| node.value != Value::Null).collect())
}

type Raw = serde_saphyr::Spanned<RawValue>;

enum RawValue {
    Plain(Value),
    List(Vec<Raw>),
    Map(Vec<(serde_saphyr::Spanned<String>, Raw)>),
}

fn node(source: &Source, raw: Raw) -> Node {
    let span = span(source, &raw.referenced);
    let value = match raw.value {
        RawValue::Plain(value) => value,
        RawValue::List(items) => Value::List(items.into_iter().map(|item| node(source, item)).collect()),
        RawValue::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| {
                    let key = Key { span: self::span(source, &key.referenced), name: key.value };
                    (key, node(source, value))
                })
                .collect(),
        ),
    };
    Node { span, value }
}

fn span(source: &Source, location: &serde_saphyr::Location) -> Span {
    let range = syntax::range_of(source, location);
    let text = source.text().get(range.clone()).unwrap_or_default();
    Span { start: range.start, end: range.start + text.trim_end().len() }
}

impl<'de> Deserialize<'de> for RawValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = RawValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<RawValue, E> {
        Ok(RawValue::Plain(Value::Null))
    }

    fn visit_none<E>(self) -> Result<RawValue, E> {
        Ok(RawValue::Plain(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<RawValue, D::Error> {
        RawValue::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<RawValue, E> {
        Ok(RawValue::Plain(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<RawValue, E> {
        Ok(RawValue::Plain(Value::Integer(value)))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<RawValue, E> {
        i64::try_from(value)
            .map(|value| RawValue::Plain(Value::Integer(value)))
            .map_err(|_| E::custom("this number is too large: write it in quotes if it is a text"))
    }

    fn visit_f64<E>(self, value: f64) -> Result<RawValue, E> {
        Ok(RawValue::Plain(Value::Float(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<RawValue, E> {
        Ok(RawValue::Plain(Value::Text(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<RawValue, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(RawValue::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawValue, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(RawValue::Map(entries))
    }
}

#[cfg(test)]
mod tests;
