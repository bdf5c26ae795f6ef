//! Edits of the claims of an ID token.

use serde_json::{Map, Value};

/// One edit.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ClaimEdit {
    /// Removes a claim.
    Remove(&'static str),
    /// Sets a claim.
    Set(&'static str, Json),
    /// Sets two claims that belong together.
    SetBoth([(&'static str, Json); 2]),
    /// Moves a time by so many seconds.
    Shift(&'static str, i64),
    /// Adds a text to a claim.
    Suffix(&'static str, &'static str),
    /// Makes a claim an array of itself and this.
    ArrayWith(&'static str, &'static str),
    /// Makes a claim an array of itself.
    Array(&'static str),
    /// Makes a claim a text.
    Text(&'static str),
    /// Repeats a claim, with this value last.
    Repeat(&'static str, &'static str),
    /// Takes this in place of the claims.
    Payload(&'static str),
    /// Adds a claim of so many letters.
    Long(usize),
}

/// A JSON value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Json {
    /// A text.
    Text(&'static str),
    /// A number.
    Number(i64),
    /// `true`.
    True,
    /// `false`.
    False,
    /// `null`.
    Null,
    /// Not there.
    Absent,
    /// An array of texts.
    Texts(&'static [&'static str]),
    /// An array of numbers.
    Numbers(&'static [i64]),
    /// An object with one member.
    Object(&'static str, &'static str),
}

impl Json {
    pub(super) fn value(self) -> Value {
        match self {
            Self::Text(text) => Value::from(text),
            Self::Number(number) => Value::from(number),
            Self::True => Value::Bool(true),
            Self::False => Value::Bool(false),
            Self::Null | Self::Absent => Value::Null,
            Self::Texts(texts) => Value::from(texts.to_vec()),
            Self::Numbers(numbers) => Value::from(numbers.to_vec()),
            Self::Object(name, value) => Value::Object(Map::from_iter([(name.to_owned(), Value::from(value))])),
        }
    }
}

impl ClaimEdit {
    /// The payload.
    pub(super) fn apply(self, good: &Map<String, Value>) -> String {
        let mut claims = good.clone();
        let text = |name: &str| good.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        match self {
            Self::Remove(name) => {
                claims.remove(name);
            }
            Self::Set(name, value) => {
                claims.insert(name.to_owned(), value.value());
            }
            Self::SetBoth(both) => {
                for (name, value) in both {
                    match value {
                        Json::Absent => claims.remove(name),
                        value => claims.insert(name.to_owned(), value.value()),
                    };
                }
            }
            Self::Shift(name, seconds) => {
                let time = good.get(name).or_else(|| good.get("iat")).and_then(Value::as_i64).unwrap_or_default();
                claims.insert(name.to_owned(), Value::from(time.saturating_add(seconds)));
            }
            Self::Suffix(name, suffix) => {
                claims.insert(name.to_owned(), Value::from(text(name) + suffix));
            }
            Self::ArrayWith(name, other) => {
                claims.insert(name.to_owned(), Value::from(vec![text(name), other.to_owned()]));
            }
            Self::Array(name) => {
                let value = good.get(name).cloned().unwrap_or_default();
                claims.insert(name.to_owned(), Value::Array(vec![value]));
            }
            Self::Text(name) => {
                let value = good.get(name).map(ToString::to_string).unwrap_or_default();
                claims.insert(name.to_owned(), Value::from(value));
            }
            Self::Repeat(name, value) => {
                let payload = Value::Object(claims).to_string();
                let end = payload.trim_end_matches('}').len();
                return format!("{},\"{name}\":\"{value}\"}}", &payload[..end]);
            }
            Self::Payload(text) => return text.to_owned(),
            Self::Long(letters) => {
                claims.insert("long".to_owned(), Value::from("x".repeat(letters)));
            }
        }
        Value::Object(claims).to_string()
    }
}
