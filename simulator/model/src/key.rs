//! The signing keys of an identity provider, and of the org that signs its requests.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// Algorithm of a signing key.
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
#[serde(rename = "key algorithm")]
#[schemars(rename = "KeyAlgorithm")]
pub enum KeyAlgorithm {
    /// RSA, 2048 bits, SHA-256: `RS256` in JOSE.
    #[default]
    #[serde(rename = "rsa")]
    #[strum(serialize = "rsa")]
    Rsa2048,
    /// ECDSA on P-256, SHA-256: `ES256` in JOSE.
    #[serde(rename = "ec")]
    #[strum(serialize = "ec")]
    EcP256,
    /// ECDSA on P-384, SHA-384: `ES384` in JOSE. For ID tokens only.
    #[serde(rename = "ec-p384")]
    #[strum(serialize = "ec-p384")]
    EcP384,
    /// Ed25519: `EdDSA` in JOSE. For ID tokens only.
    #[serde(rename = "ed25519")]
    #[strum(serialize = "ed25519")]
    Ed25519,
}

/// State of a signing key.
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
#[serde(rename = "key state", rename_all = "kebab-case")]
#[schemars(rename = "KeyState")]
#[strum(serialize_all = "kebab-case")]
pub enum KeyState {
    /// A key that the other side knows.
    #[default]
    Valid,
    /// Its certificate has expired.
    Expired,
    /// The successor of the valid key, published next to it; the other side still knows only the old one.
    RolledOver,
    /// A foreign key: an authority that nobody trusts issued its certificate.
    Foreign,
}

impl KeyState {
    /// The state of the key that the other side has on file: it knows neither a successor nor a foreign key.
    #[must_use]
    pub fn on_file(self) -> Self {
        match self {
            Self::Expired => Self::Expired,
            Self::Valid | Self::RolledOver | Self::Foreign => Self::Valid,
        }
    }
}
