//! Why a login stopped, and whose job it is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The named cause of a login that stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Finding {
    /// Stable id of the cause: `gate-not-handled`; `unknown` where no row of the table fits.
    pub cause: String,
    /// What happened, one sentence.
    pub sentence: String,
    /// What was seen that says so.
    pub evidence: Vec<String>,
    /// Whose job it is.
    pub owner: Owner,
    /// What to change, one sentence.
    pub remedy: String,
    /// The fact it stands on: a URL, or the name of the fact.
    pub fact: String,
}

/// Who has to change something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// Whoever maintains the suite.
    Suite,
    /// The administrator of the org.
    OrgAdmin,
    /// The administrator of the identity provider.
    IdpAdmin,
    /// Not known: the evidence fits no cause.
    Unknown,
}

impl Owner {
    /// The word that reports print.
    pub fn word(self) -> &'static str {
        match self {
            Self::Suite => "suite",
            Self::OrgAdmin => "org admin",
            Self::IdpAdmin => "IdP admin",
            Self::Unknown => "unknown",
        }
    }
}
