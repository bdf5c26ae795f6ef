//! A value with its source.

use serde::{Deserialize, Serialize};
use vestibule_model::Confidence;
use vestibule_model::confidence::mark;

/// A value of a rulebook, with its source and confidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Sourced<T> {
    /// The value that applies.
    pub(crate) value: T,
    /// Its source.
    pub(crate) source: Source,
    /// How certain the source is.
    #[serde(with = "mark")]
    pub(crate) confidence: Confidence,
    /// What other sources say, if they disagree.
    #[serde(default = "Vec::new")]
    pub(crate) rivals: Vec<Rival<T>>,
}

/// What a decision cites: the source of the value that gave it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Citation<'a> {
    /// The source.
    pub(crate) source: &'a Source,
    /// How sure it is.
    pub(crate) confidence: Confidence,
}

impl<'a, T> From<&'a Sourced<T>> for Citation<'a> {
    fn from(value: &'a Sourced<T>) -> Self {
        Self { source: &value.source, confidence: value.confidence }
    }
}

/// What another source says about the same value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Rival<T> {
    /// The value it states.
    pub(crate) value: T,
    /// Its source.
    pub(crate) source: Source,
    /// How certain the source is.
    #[serde(with = "mark")]
    pub(crate) confidence: Confidence,
}

/// The name of a source; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Source(String);

impl Source {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn chosen(setting: &str) -> Self {
        Self(format!("setting {setting}"))
    }
}

impl TryFrom<String> for Source {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.trim().is_empty() { Err("a source must be named") } else { Ok(Self(text)) }
    }
}

impl From<Source> for String {
    fn from(source: Source) -> Self {
        source.0
    }
}
