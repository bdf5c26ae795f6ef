//! The answer to a request of Salesforce Authenticator.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the holder of the phone answers to a request of Salesforce Authenticator.
///
/// Source: contract C4.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "answer to a push", rename_all = "kebab-case")]
#[schemars(rename = "PushAnswer")]
pub enum PushAnswer {
    /// Approves it.
    Approve,
    /// Denies it.
    Deny,
    /// Denies it, and reports that it is not the user's own.
    Report,
    /// Lets its time run out.
    TimeOut,
}
