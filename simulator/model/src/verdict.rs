//! The verdict on a case, and who must act on it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr, VariantNames};

/// The verdict on a case.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Verdict {
    /// Every expectation held.
    Passed,
    /// An expectation did not hold.
    Failed,
    /// Vestibule or the environment failed, so the case says nothing about the login.
    Broken,
    /// Not run or not completed: interrupted, or stopped by `-x`.
    Skipped,
}

/// What happened to a user's own suite, according to the suite and to the simulated org.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "survival", rename_all = "kebab-case")]
#[schemars(rename = "Survival")]
#[strum(serialize_all = "kebab-case")]
pub enum Survival {
    /// The expected users are home, and nothing says otherwise.
    Survived,
    /// The login did not get home, or failed on the first page there, and the suite does not say otherwise.
    Stopped,
    /// The suite reports success while nobody is signed in.
    FalseGreen,
    /// The login worked, but something after it failed.
    FailedLater,
}

/// What a good suite does in a condition.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "good end", rename_all = "kebab-case")]
#[schemars(rename = "GoodEnd")]
#[strum(serialize_all = "kebab-case")]
pub enum GoodEnd {
    /// It reaches home.
    Home,
    /// It stops and says so, because no suite can get home.
    Stop,
}

/// Who has to change something.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    EnumIter,
    EnumString,
    IntoStaticStr,
    VariantNames,
)]
#[serde(rename = "owner", rename_all = "kebab-case")]
#[schemars(rename = "Owner")]
#[strum(serialize_all = "kebab-case")]
pub enum Owner {
    /// The maintainer of the suite.
    Suite,
    /// The administrator of the org.
    OrgAdmin,
    /// The administrator of the identity provider.
    IdpAdmin,
    /// Vestibule: it does not simulate what the suite asked for.
    Vestibule,
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
            Self::Vestibule => "Vestibule",
            Self::Unknown => "unknown",
        }
    }
}

/// The outcome of a decision, without its details.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "outcome", rename_all = "kebab-case")]
#[schemars(rename = "Outcome")]
#[strum(serialize_all = "kebab-case")]
pub enum OutcomeKind {
    /// The login succeeds.
    Allow,
    /// The user must verify with a registered method.
    Verify,
    /// The user must register a method.
    Enrol,
    /// The login is refused.
    Block,
}
