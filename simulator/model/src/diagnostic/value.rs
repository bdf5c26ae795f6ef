//! A message to a person, and the place that it points at.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A message to a person: where, what, and what to do. Terminal, JSON, JUnit and HTML reports show this value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Diagnostic {
    /// Stable code, kebab-case: `unknown-key`.
    pub code: String,
    /// What is wrong, one lower-case sentence without a period.
    pub title: String,
    /// Where, with the line of source text, so that it can be shown without the file.
    pub place: Option<Place>,
    /// Further facts: evidence, rules, valid values.
    pub notes: Vec<String>,
    /// What to do.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A message without a place, notes or hint.
    pub fn new(code: impl Into<String>, title: impl Into<String>) -> Self {
        Self { code: code.into(), title: title.into(), place: None, notes: Vec::new(), hint: None }
    }

    /// The same message at this place.
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        Self { place: Some(place), ..self }
    }

    /// The same message with one more fact: `valid: home, login`.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Title, notes and hint in one line, where there is no room for more.
    pub fn in_one_line(&self) -> String {
        let parts = std::iter::once(self.title.as_str()).chain(self.notes.iter().map(String::as_str));
        parts.chain(self.hint.as_deref()).collect::<Vec<_>>().join("; ")
    }

    /// The same message with this hint.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// A place in a source text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// File name as the user gave it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Width of the marked text in characters, from 1 to [`Place::LONGEST_TEXT`].
    pub width: u32,
    /// The whole line, without its line end. A line longer than [`Place::LONGEST_TEXT`] characters is cut off far
    /// behind the marked text.
    pub text: String,
    /// The text next to the caret: `expected: verify-totp, actual: home`.
    pub label: String,
}

impl Place {
    /// The most characters of a line that are marked, and the most that are kept behind the marked text.
    pub const LONGEST_TEXT: usize = 400;
}
