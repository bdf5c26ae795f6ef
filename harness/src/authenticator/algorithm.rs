//! The signature algorithms of credentials.

use serde::Deserialize;
use strum::{Display, EnumIter, IntoStaticStr};

/// A signature algorithm of a credential, by its name in the registry of COSE (RFC 9053, 2; RFC 8812, 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Display, EnumIter, IntoStaticStr)]
#[serde(rename = "algorithm of a passkey")]
pub(crate) enum PasskeyAlgorithm {
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    #[strum(serialize = "ES256")]
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 bits.
    #[serde(rename = "RS256")]
    #[strum(serialize = "RS256")]
    Rs256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    #[strum(serialize = "EdDSA")]
    EdDsa,
}

impl PasskeyAlgorithm {
    /// Its number in the registry of COSE.
    pub(crate) fn cose(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
            Self::Rs256 => -257,
        }
    }
}
