//! The algorithms of RFC 7518 in the words of OpenSSL.

use openssl::error::ErrorStack;
use openssl::hash::{self, DigestBytes, MessageDigest};
use vestibule_model::JwsAlgorithm;

/// The hash function of a signature; `None` for EdDSA, which has its own.
pub(in crate::oidc) fn digest(algorithm: JwsAlgorithm) -> Option<MessageDigest> {
    match algorithm {
        JwsAlgorithm::RS256 | JwsAlgorithm::PS256 | JwsAlgorithm::ES256 => Some(MessageDigest::sha256()),
        JwsAlgorithm::RS384 | JwsAlgorithm::PS384 | JwsAlgorithm::ES384 => Some(MessageDigest::sha384()),
        JwsAlgorithm::RS512 | JwsAlgorithm::PS512 => Some(MessageDigest::sha512()),
        JwsAlgorithm::EdDsa => None,
    }
}

/// The digest of a value by the hash function of a signature; that of Ed25519 is SHA-512 (RFC 8032 5.1).
pub(in crate::oidc) fn digest_of(algorithm: JwsAlgorithm, value: &[u8]) -> Result<DigestBytes, ErrorStack> {
    hash::hash(digest(algorithm).unwrap_or_else(MessageDigest::sha512), value)
}

/// Whether it is RSASSA-PSS (RFC 7518 3.5).
pub(in crate::oidc) fn has_pss_padding(algorithm: JwsAlgorithm) -> bool {
    matches!(algorithm, JwsAlgorithm::PS256 | JwsAlgorithm::PS384 | JwsAlgorithm::PS512)
}

/// Bytes of each of the two numbers of an ECDSA signature, which JOSE writes side by side (RFC 7518 3.4).
pub(in crate::oidc) fn p1363_bytes(algorithm: JwsAlgorithm) -> Option<u8> {
    match algorithm {
        JwsAlgorithm::ES256 => Some(32),
        JwsAlgorithm::ES384 => Some(48),
        _ => None,
    }
}
