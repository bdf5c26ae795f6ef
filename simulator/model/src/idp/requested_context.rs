//! What an identity provider does with a requested context.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// What an identity provider does if its answer would not match the requested context.
///
/// Source: saml-core 3.3.2.2.1 (`RequestedAuthnContext`), OpenID Connect Core 3.1.2.1 (`acr_values`).
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
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
#[serde(rename = "answer to a requested context", rename_all = "kebab-case")]
#[schemars(rename = "OnRequestedContext")]
#[strum(serialize_all = "kebab-case")]
pub enum OnRequestedContext {
    /// Ignores the requested context.
    #[default]
    Ignore,
    /// Answers with the preferred context.
    Honour,
    /// Refuses: `NoAuthnContext`, `unmet_authentication_requirements`.
    Refuse,
    /// Answers with a context that is weaker than what was asked for: `Password`, or the level `0` of OpenID Connect.
    Downgrade,
    /// Answers with the preferred context, while `amr` says that only a password was used.
    Contradict,
}
