//! The algorithms of signed and encrypted tokens (RFC 7518).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::KeyAlgorithm;

/// The algorithm of a signature that is made with a private key (RFC 7518 3.1, RFC 8037 3.1).
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
#[serde(rename = "signature algorithm")]
#[schemars(rename = "JwsAlgorithm")]
pub enum JwsAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RS384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RS512,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// RSASSA-PSS with SHA-384.
    PS384,
    /// RSASSA-PSS with SHA-512.
    PS512,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// ECDSA on P-384 with SHA-384.
    ES384,
    /// Ed25519, also under its name of RFC 9864 2.2.
    #[serde(rename = "EdDSA", alias = "Ed25519")]
    #[strum(to_string = "EdDSA", serialize = "Ed25519")]
    EdDsa,
}

impl JwsAlgorithm {
    /// The kind of key that it needs.
    pub fn key(self) -> KeyAlgorithm {
        match self {
            Self::RS256 | Self::RS384 | Self::RS512 | Self::PS256 | Self::PS384 | Self::PS512 => KeyAlgorithm::Rsa2048,
            Self::ES256 => KeyAlgorithm::EcP256,
            Self::ES384 => KeyAlgorithm::EcP384,
            Self::EdDsa => KeyAlgorithm::Ed25519,
        }
    }
}

/// Its name in JOSE is the one that clients expect of a key of this kind.
impl From<KeyAlgorithm> for JwsAlgorithm {
    fn from(key: KeyAlgorithm) -> Self {
        match key {
            KeyAlgorithm::Rsa2048 => Self::RS256,
            KeyAlgorithm::EcP256 => Self::ES256,
            KeyAlgorithm::EcP384 => Self::ES384,
            KeyAlgorithm::Ed25519 => Self::EdDsa,
        }
    }
}

/// How the key of an encrypted token reaches its reader (RFC 7518 4.1).
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
#[serde(rename = "key management algorithm")]
#[schemars(rename = "JweAlgorithm")]
pub enum JweAlgorithm {
    /// RSAES-OAEP with SHA-1.
    #[serde(rename = "RSA-OAEP")]
    #[strum(serialize = "RSA-OAEP")]
    RsaOaep,
    /// RSAES-OAEP with SHA-256.
    #[serde(rename = "RSA-OAEP-256")]
    #[strum(serialize = "RSA-OAEP-256")]
    RsaOaep256,
    /// Direct key agreement by ECDH-ES, on P-256 or P-384.
    #[serde(rename = "ECDH-ES")]
    #[strum(serialize = "ECDH-ES")]
    EcdhEs,
}

/// How the content of an encrypted token is encrypted (RFC 7518 5.1).
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
#[schemars(rename = "JweEncryption")]
pub enum JweEncryption {
    /// AES-128 in CBC mode with HMAC SHA-256: the default of OpenID Connect Dynamic Client Registration 1.0, section 2.
    #[default]
    #[serde(rename = "A128CBC-HS256")]
    #[strum(serialize = "A128CBC-HS256")]
    A128CbcHs256,
    /// AES-128 in Galois/Counter mode.
    #[serde(rename = "A128GCM")]
    #[strum(serialize = "A128GCM")]
    A128Gcm,
    /// AES-256 in Galois/Counter mode.
    #[serde(rename = "A256GCM")]
    #[strum(serialize = "A256GCM")]
    A256Gcm,
}
