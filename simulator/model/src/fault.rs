//! What an identity provider can do wrong.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// One thing that an identity provider does wrong. Each changes the answer before it is signed; what is wrong with the key that
/// signs it is its `key-state`.
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
#[serde(rename = "fault", rename_all = "kebab-case")]
#[schemars(rename = "Fault")]
#[strum(serialize_all = "kebab-case")]
pub enum Fault {
    /// Uses another entity id or issuer.
    IssuerOther,
    /// Names another service provider or client as the audience.
    AudienceOther,
    /// Names another assertion consumer service, or in an ID token another authorized party.
    RecipientOther,
    /// Answers a request that was never sent; in an ID token, has a `nonce` that was never sent.
    RequestOther,
    /// Moves the validity period back by an hour, so that it is over.
    Expired,
    /// Moves the validity period forward by an hour, so that it has not begun.
    NotYetValid,
}
