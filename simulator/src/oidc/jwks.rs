//! Reads fetched JWK sets. `vestibule_certs::jwk_set` makes the ones that are served.

use jsonwebtoken::jwk::JwkSet;
use serde_json::Value;

/// Reads a JWK set (RFC 7517 section 5). Keys that cannot be read are left out, as the RFC asks.
///
/// # Errors
/// If the body is not JSON, or has no array `keys`.
pub(crate) fn parse_jwks(body: &[u8]) -> Result<JwkSet, JwksError> {
    let value: Value = serde_json::from_slice(body)?;
    let keys = value.get("keys").and_then(Value::as_array).ok_or(JwksError::NoKeys)?;
    Ok(JwkSet { keys: keys.iter().filter_map(|key| serde_json::from_value(key.clone()).ok()).collect() })
}

/// Why a JWK set cannot be used. Each text completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub(crate) enum JwksError {
    /// Not JSON: an error page, an empty answer.
    #[error("read the JWK set: {0}")]
    NotJson(#[from] serde_json::Error),
    /// JSON, but not a JWK set.
    #[error("read the JWK set: it has no array `keys`")]
    NoKeys,
}
