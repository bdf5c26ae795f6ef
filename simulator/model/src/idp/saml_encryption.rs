//! What of a SAML answer is encrypted, and by which algorithms.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::text::left_empty;

/// `encryption`: which parts of an answer are encrypted for its receiver. `{}` encrypts the assertion.
///
/// Source: saml-core 2.3.4, 2.2.4 and 2.7.3.2; XML Encryption 1.1.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "SamlEncryption")]
pub struct SamlEncryption {
    /// What is encrypted; default: `[assertion]`.
    #[serde(default = "only_the_assertion")]
    pub parts: Vec<EncryptedPart>,
    /// How the content is encrypted; default: `aes128-gcm`.
    #[serde(default, deserialize_with = "left_empty")]
    pub content: ContentEncryption,
    /// How the key of the content is encrypted; default: `rsa-oaep-mgf1p`.
    #[serde(default, rename = "key", deserialize_with = "left_empty")]
    pub key_transport: KeyTransport,
}

fn only_the_assertion() -> Vec<EncryptedPart> {
    vec![EncryptedPart::Assertion]
}

impl Default for SamlEncryption {
    fn default() -> Self {
        Self {
            parts: only_the_assertion(),
            content: ContentEncryption::default(),
            key_transport: KeyTransport::default(),
        }
    }
}

impl SamlEncryption {
    /// Whether this part is encrypted.
    pub fn has(&self, part: EncryptedPart) -> bool {
        self.parts.contains(&part)
    }
}

/// A part of an answer that can be encrypted.
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
#[serde(rename = "encrypted part", rename_all = "kebab-case")]
#[schemars(rename = "EncryptedPart")]
#[strum(serialize_all = "kebab-case")]
pub enum EncryptedPart {
    /// The whole assertion: `EncryptedAssertion`.
    Assertion,
    /// The name of the user: `EncryptedID`.
    NameId,
    /// Each attribute: `EncryptedAttribute`.
    Attributes,
}

/// A block encryption algorithm (XML Encryption 1.1, 5.2).
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
#[serde(rename = "content encryption")]
#[schemars(rename = "ContentEncryption")]
pub enum ContentEncryption {
    /// AES-128 in GCM.
    #[default]
    #[serde(rename = "aes128-gcm")]
    #[strum(serialize = "aes128-gcm")]
    Aes128Gcm,
    /// AES-256 in GCM.
    #[serde(rename = "aes256-gcm")]
    #[strum(serialize = "aes256-gcm")]
    Aes256Gcm,
    /// AES-128 in CBC, which nothing protects from changes.
    #[serde(rename = "aes128-cbc")]
    #[strum(serialize = "aes128-cbc")]
    Aes128Cbc,
    /// AES-256 in CBC, which nothing protects from changes.
    #[serde(rename = "aes256-cbc")]
    #[strum(serialize = "aes256-cbc")]
    Aes256Cbc,
}

impl ContentEncryption {
    /// Its identifier in messages and metadata.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Aes128Gcm => "http://www.w3.org/2009/xmlenc11#aes128-gcm",
            Self::Aes256Gcm => "http://www.w3.org/2009/xmlenc11#aes256-gcm",
            Self::Aes128Cbc => "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
            Self::Aes256Cbc => "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
        }
    }
}

/// A key transport algorithm (XML Encryption 1.1, 5.5).
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
#[serde(rename = "key transport", rename_all = "kebab-case")]
#[schemars(rename = "KeyTransport")]
#[strum(serialize_all = "kebab-case")]
pub enum KeyTransport {
    /// RSA-OAEP with SHA-1, which nearly everybody can read.
    #[default]
    RsaOaepMgf1p,
    /// RSA-OAEP with SHA-256 throughout.
    RsaOaep,
}

impl KeyTransport {
    /// Its identifier in messages and metadata.
    pub fn uri(self) -> &'static str {
        match self {
            Self::RsaOaepMgf1p => "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
            Self::RsaOaep => "http://www.w3.org/2009/xmlenc11#rsa-oaep",
        }
    }
}
