//! Why a login stopped, and who owns the fix.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vestibule_model::Owner;

/// The named cause of a login that stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Finding {
    /// Stable id of the cause: `gate-not-handled`; `unknown` if no known cause fits.
    pub cause: String,
    /// What happened, one sentence.
    pub sentence: String,
    /// The observations that prove it.
    pub evidence: Vec<String>,
    /// The line of the suite's output that is the evidence, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoted: Option<String>,
    /// Who owns the fix.
    pub owner: Owner,
    /// What to change, one sentence.
    pub remedy: String,
    /// The fact behind it: a URL, or the name of the fact.
    pub fact: String,
}
