//! Signing: RS256 and ES256 (RFC 7518 3.3 and 3.4).
//!
//! OpenSSL signs with a key that is decoded once; jsonwebtoken would decode an RSA key for every token, which takes
//! longer than the signature.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::sha::sha256;
use openssl::sign::Signer;
use serde::Serialize;
use serde_json::json;
use vestibule_certs::{KeyAlgorithm, SigningKey};

use super::claims::IdTokenClaims;

/// Signs claims as a compact JWS whose header has `alg`, `kid` and `typ`.
///
/// # Errors
/// If the claims cannot be written as JSON or OpenSSL cannot sign.
pub(crate) fn sign(claims: &IdTokenClaims, key: &SigningKey) -> Result<String, SignError> {
    sign_json(claims, key)
}

/// Signs any payload in the same way: for claims that [`IdTokenClaims`] cannot express, such as a missing `sub`.
///
/// # Errors
/// If the payload cannot be written as JSON or OpenSSL cannot sign.
pub(crate) fn sign_json(payload: &impl Serialize, key: &SigningKey) -> Result<String, SignError> {
    let header = json!({ "alg": algorithm_name(key.algorithm()), "kid": key.kid(), "typ": "JWT" });
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(payload)?);
    let input = format!("{header}.{payload}");
    let signature = URL_SAFE_NO_PAD.encode(signature(input.as_bytes(), key)?);
    Ok(format!("{input}.{signature}"))
}

/// The value of `at_hash` for an access token and of `c_hash` for a code: the left half of its SHA-256, base64url
/// (OpenID Connect Core 3.1.3.6 and 3.3.2.11; both algorithms use SHA-256).
pub(crate) fn half_hash(value: &str) -> String {
    URL_SAFE_NO_PAD.encode(&sha256(value.as_bytes())[..16])
}

/// Why an ID token could not be signed. Each text completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignError {
    /// The claims are not JSON.
    #[error("write the claims as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// OpenSSL refused.
    #[error("sign the ID token: {0}")]
    OpenSsl(#[from] ErrorStack),
}

fn signature(input: &[u8], key: &SigningKey) -> Result<Vec<u8>, ErrorStack> {
    let mut signer = Signer::new(MessageDigest::sha256(), key.pkey())?;
    let signature = signer.sign_oneshot_to_vec(input)?;
    match key.algorithm() {
        KeyAlgorithm::Rsa2048 => Ok(signature),
        KeyAlgorithm::EcP256 => {
            // JOSE needs R and S side by side, 32 bytes each; OpenSSL writes ASN.1 (RFC 7518 3.4).
            let signature = EcdsaSig::from_der(&signature)?;
            Ok([signature.r().to_vec_padded(32)?, signature.s().to_vec_padded(32)?].concat())
        }
    }
}

fn algorithm_name(algorithm: KeyAlgorithm) -> &'static str {
    match algorithm {
        KeyAlgorithm::Rsa2048 => "RS256",
        KeyAlgorithm::EcP256 => "ES256",
    }
}
