//! The protocols between an identity provider and the org.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// The protocol between the identity provider and the org.
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
#[serde(rename = "protocol", rename_all = "kebab-case")]
#[schemars(rename = "Protocol")]
#[strum(serialize_all = "kebab-case")]
pub enum IdpProtocol {
    /// SAML 2.0.
    #[default]
    Saml,
    /// OpenID Connect.
    Oidc,
}

impl IdpProtocol {
    /// Its name in a sentence.
    pub fn spoken(self) -> &'static str {
        match self {
            Self::Saml => "SAML",
            Self::Oidc => "OpenID Connect",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Saml => Self::Oidc,
            Self::Oidc => Self::Saml,
        }
    }
}
