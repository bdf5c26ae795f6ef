//! A line of the user's own suite.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The line of the suite's own code at which it failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SuiteLocation {
    /// The file, from the folder in which the suite was started.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, where the output names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}

impl fmt::Display for SuiteLocation {
    /// As editors and terminals open it: `tests/login.spec.ts:9:14`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        self.column.map_or(Ok(()), |column| write!(f, ":{column}"))
    }
}
