//! The formats of the names of SAML attributes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// `NameFormat` of an attribute (saml-core 8.2).
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
#[serde(rename = "attribute name format", rename_all = "kebab-case")]
#[schemars(rename = "AttributeNameFormat")]
#[strum(serialize_all = "kebab-case")]
pub enum AttributeNameFormat {
    /// A plain name (`xs:Name`).
    Basic,
    /// A URI.
    Uri,
    /// The meaning is left to the parties.
    Unspecified,
}

impl AttributeNameFormat {
    /// Its identifier in messages and metadata.
    pub fn urn(self) -> &'static str {
        match self {
            Self::Basic => "urn:oasis:names:tc:SAML:2.0:attrname-format:basic",
            Self::Uri => "urn:oasis:names:tc:SAML:2.0:attrname-format:uri",
            Self::Unspecified => "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified",
        }
    }
}
