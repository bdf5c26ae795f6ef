//! Source text with a line index, diagnostics with carets, suggestions for typos. Imports nothing of the project.

use serde::{Deserialize, Serialize};

/// One message to a person: where, what, and what to do. Terminal, JSON, JUnit and HTML are made from this value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// A place in a source text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// File name as the user gave it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Width of the marked text in characters, at least 1.
    pub width: u32,
    /// The whole line, without its line end.
    pub text: String,
    /// What stands beside the caret: `expected: verify-totp, actual: home`.
    pub label: String,
}
