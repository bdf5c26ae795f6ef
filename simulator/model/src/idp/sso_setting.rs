//! What an org may set about single sign-on at one identity provider.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// "Entity ID" of a SAML setting: the name of the org at the identity provider, and the audience of its answers.
///
/// Source: contract D1.5.
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
#[serde(rename = "entity id", rename_all = "kebab-case")]
#[schemars(rename = "EntityId")]
#[strum(serialize_all = "kebab-case")]
pub enum SpEntityId {
    /// The My Domain URL.
    #[default]
    MyDomain,
    /// `https://saml.salesforce.com`, the same for every org.
    Shared,
}

/// The host of the callback of an OpenID provider.
///
/// Source: contract E1.1.
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
#[serde(rename = "callback", rename_all = "kebab-case")]
#[schemars(rename = "Callback")]
#[strum(serialize_all = "kebab-case")]
pub enum CallbackHost {
    /// My Domain: `/services/authcallback/<URL suffix>`.
    #[default]
    MyDomain,
    /// The shared login host: `/services/authcallback/<organization id>/<URL suffix>`.
    Shared,
}

/// "SAML Identity Type": which value of a user the identity provider sends.
///
/// Source: contract D1.6.
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
#[serde(rename = "identity", rename_all = "kebab-case")]
#[schemars(rename = "Identity")]
#[strum(serialize_all = "kebab-case")]
pub enum UserIdentity {
    /// The Federation ID, compared exactly.
    #[default]
    FederationId,
    /// The username, compared without regard to case.
    Username,
    /// The user id, of 15 or 18 characters.
    UserId,
}
