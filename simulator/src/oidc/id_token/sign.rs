//! Signing (RFC 7518 3.3, 3.4 and 3.5, RFC 8037 3.1).
//!
//! OpenSSL signs with a key that is decoded once; jsonwebtoken would decode an RSA key for every token, which takes
//! longer than the signature.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::rsa::Padding;
use openssl::sha::sha256;
use openssl::sign::{RsaPssSaltlen, Signer};
use serde::Serialize;
use vestibule_certs::SigningKey;
use vestibule_model::JwsAlgorithm;

use super::claims::IdTokenClaims;
use crate::oidc::jose::{digest, digest_of, has_pss_padding, p1363_bytes};

#[derive(Serialize)]
struct Header<'a> {
    alg: JwsAlgorithm,
    kid: &'a str,
    typ: &'a str,
}

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
    sign_by(payload, key, JwsAlgorithm::from(key.algorithm()), "JWT")
}

/// Signs any payload by one of the algorithms of this key, with this `typ`.
///
/// # Errors
/// If the payload cannot be written as JSON, or the algorithm needs a key of another kind.
pub(crate) fn sign_by(
    payload: &impl Serialize,
    key: &SigningKey,
    algorithm: JwsAlgorithm,
    typ: &str,
) -> Result<String, SignError> {
    let header = Header { alg: algorithm, kid: &key_id(key, algorithm), typ };
    let header = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header)?);
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(payload)?);
    let input = format!("{header}.{payload}");
    let signature = URL_SAFE_NO_PAD.encode(signature(input.as_bytes(), key, algorithm)?);
    Ok(format!("{input}.{signature}"))
}

/// The public key for signatures by this algorithm. A key that signs by several is published under a `kid` for each, since
/// a JWK has one `alg` and clients refuse a signature by another (RFC 7517 4.4).
pub(crate) fn published_for(key: &SigningKey, algorithm: JwsAlgorithm) -> Jwk {
    let mut jwk = key.jwk().clone();
    jwk.common.key_id = Some(key_id(key, algorithm).into_owned());
    jwk.common.key_algorithm = <&'static str>::from(algorithm).parse().ok();
    jwk
}

/// The value of `at_hash` for an access token and of `c_hash` for a code: the left half of its SHA-256, base64url
/// (OpenID Connect Core 3.1.3.6 and 3.3.2.11; for algorithms with SHA-256).
pub(crate) fn half_hash(value: &str) -> String {
    URL_SAFE_NO_PAD.encode(&sha256(value.as_bytes())[..16])
}

/// The same by the hash function of this algorithm.
///
/// # Errors
/// If OpenSSL cannot hash.
pub(crate) fn half_hash_by(value: &str, algorithm: JwsAlgorithm) -> Result<String, SignError> {
    let digest = digest_of(algorithm, value.as_bytes())?;
    Ok(URL_SAFE_NO_PAD.encode(&digest[..digest.len() / 2]))
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

fn signature(input: &[u8], key: &SigningKey, algorithm: JwsAlgorithm) -> Result<Vec<u8>, ErrorStack> {
    let signature = match (algorithm, digest(algorithm)) {
        (JwsAlgorithm::RS256 | JwsAlgorithm::ES256, _) => key.sign_sha256(input)?,
        (_, None) => Signer::new_without_digest(key.pkey())?.sign_oneshot_to_vec(input)?,
        (_, Some(digest)) => {
            let mut signer = Signer::new(digest, key.pkey())?;
            if has_pss_padding(algorithm) {
                signer.set_rsa_padding(Padding::PKCS1_PSS)?;
                signer.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
            }
            signer.sign_oneshot_to_vec(input)?
        }
    };
    match p1363_bytes(algorithm).map(i32::from) {
        None => Ok(signature),
        Some(bytes) => {
            // JOSE needs R and S side by side; OpenSSL writes ASN.1 (RFC 7518 3.4).
            let signature = EcdsaSig::from_der(&signature)?;
            Ok([signature.r().to_vec_padded(bytes)?, signature.s().to_vec_padded(bytes)?].concat())
        }
    }
}

fn key_id(key: &SigningKey, algorithm: JwsAlgorithm) -> Cow<'_, str> {
    if JwsAlgorithm::from(key.algorithm()) == algorithm {
        Cow::Borrowed(key.kid())
    } else {
        Cow::Owned(format!("{}-{algorithm}", key.kid()))
    }
}
