//! What an identity provider said about how its user signed in.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// One `amr` or `acr` value as it reached the org, and what carried it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Signal {
    /// The value, unchanged: `swk`, `http://schemas.microsoft.com/claims/multipleauthn`, `urn:…:ac:classes:X509`.
    pub value: String,
    /// Where it was carried.
    pub carrier: Carrier,
}

impl Signal {
    /// A signal with this value in this place.
    pub fn new(value: impl Into<String>, carrier: Carrier) -> Self {
        Self { value: value.into(), carrier }
    }
}

/// The place in a SAML `Response` or an OIDC answer that carried a signal.
///
/// Source: help 005321561 ("the ID token or SAML response").
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Carrier {
    /// The `amr` claim of the ID token (RFC 8176).
    IdTokenAmr,
    /// The `amr` claim of the ID token where it is not an array of strings, or a member of it that is no string: the org
    /// does not look there.
    IdTokenAmrText,
    /// The `acr` claim of the ID token.
    IdTokenAcr,
    /// Another claim of the ID token, by its name: the org does not look there.
    IdTokenClaim(String),
    /// `AuthnStatement/AuthnContext/AuthnContextClassRef`.
    AuthnContextClassRef,
    /// An attribute of the `AttributeStatement`, by its `Name`.
    SamlAttribute(String),
    /// A claim of the UserInfo response, which the org ignores.
    UserInfo,
    /// A claim of the access token, which the org ignores.
    AccessToken,
    /// A part of the answer that no signature covers: `Extensions` of a SAML `Response` of which only the assertion is signed,
    /// a member of the token response beside the ID token. The org ignores it.
    Unsigned,
}

/// The tier of a login. The order is the order of strength.
///
/// Source: help 005321561, "Authentication Strength Tiers".
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
#[serde(rename = "strength", rename_all = "kebab-case")]
#[schemars(rename = "Strength")]
#[strum(serialize_all = "kebab-case")]
pub enum Strength {
    /// Weak MFA or no MFA.
    Weak,
    /// Standard MFA.
    Standard,
    /// Phishing-resistant MFA.
    PhishingResistant,
}

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IdTokenAmr => f.write_str("the ID token's amr"),
            Self::IdTokenAmrText => f.write_str("the ID token's amr, outside of an array of strings"),
            Self::IdTokenAcr => f.write_str("the ID token's acr"),
            Self::IdTokenClaim(name) => write!(f, "the ID token's claim {name}"),
            Self::AuthnContextClassRef => f.write_str("AuthnContextClassRef"),
            Self::SamlAttribute(name) => write!(f, "the SAML attribute {name}"),
            Self::UserInfo => f.write_str("UserInfo"),
            Self::AccessToken => f.write_str("the access token"),
            Self::Unsigned => f.write_str("a part that is not signed"),
        }
    }
}
