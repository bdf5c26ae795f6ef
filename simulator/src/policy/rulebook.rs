//! A dated data file: signal table, calendar, exemptions, each value with its source.

use serde::{Deserialize, Serialize};

/// How sure a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Confidence {
    /// The vendor's own text or code.
    #[serde(rename = "OFF")]
    Official,
    /// Seen in independent public sources.
    #[serde(rename = "V")]
    Verified,
    /// Inferred.
    #[serde(rename = "INF")]
    Inferred,
}

/// A dated set of rules.
#[derive(Debug, Clone)]
pub struct Rulebook {}
