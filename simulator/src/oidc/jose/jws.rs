//! A compact JWS of somebody else: a client's assertion, request object or DPoP proof, or an ID token that comes back.
//!
//! Source: RFC 7515 3.1 and 5.2, RFC 8725 3. Only the signature is verified here; each kind of token has its own claims.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::memcmp;
use openssl::pkey::{Id, PKey, Public};
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Signer, Verifier};
use serde_json::{Map, Value};
use vestibule_model::JwsAlgorithm;

use super::algorithm::{digest, has_pss_padding, p1363_bytes};
use super::jwk::public_key;

/// A compact JWS whose payload is a JSON object. Nothing in it is trusted before it is verified. Not `Debug`: whoever has it
/// may use it.
pub(crate) struct CompactJws {
    /// The protected header.
    pub(crate) header: Map<String, Value>,
    /// The payload.
    pub(crate) claims: Map<String, Value>,
    alg: String,
    signed: String,
    signature: Vec<u8>,
}

/// What is wrong with a JWS. Each text completes "the token ...".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JwsFault {
    /// Not three parts of base64url with JSON objects in the first two.
    #[error("is not a signed JWT: three parts of base64url, joined by dots")]
    NotAJws,
    /// An algorithm that does not prove who signed: `none`, or one of another kind than is asked for.
    #[error("has the `alg` `{alg}`, which is not accepted here")]
    Algorithm {
        /// `alg` as sent.
        alg: String,
    },
    /// A header parameter that must be understood and is not (RFC 7515 4.1.11).
    #[error("has critical header parameters, and none is understood")]
    Critical,
    /// No key of the signer fits.
    #[error("is signed with a key that its signer has not registered for this `alg`")]
    NoKey,
    /// The signature is not one of this key.
    #[error("has a signature that does not fit the key of its signer")]
    Signature,
}

impl CompactJws {
    /// Reads a token.
    ///
    /// # Errors
    /// If it is no JWS, or has header parameters that must be understood.
    pub(crate) fn read(token: &str) -> Result<Self, JwsFault> {
        if token.len() > GREATEST_LENGTH {
            return Err(JwsFault::NotAJws);
        }
        let mut parts = token.splitn(4, '.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(JwsFault::NotAJws);
        };
        let (protected, claims) = (object(header)?, object(payload)?);
        if protected.contains_key("crit") {
            return Err(JwsFault::Critical);
        }
        let alg = protected.get("alg").and_then(Value::as_str).ok_or(JwsFault::NotAJws)?.to_owned();
        Ok(Self {
            signed: format!("{header}.{payload}"),
            signature: URL_SAFE_NO_PAD.decode(signature).map_err(|_| JwsFault::NotAJws)?,
            header: protected,
            claims,
            alg,
        })
    }

    /// A claim that is a text and not empty.
    pub(crate) fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// A claim that is a NumericDate (RFC 7519 2), in whole seconds.
    pub(crate) fn seconds(&self, claim: &str) -> Option<i64> {
        let value = self.claims.get(claim)?;
        let whole = || jiff::SignedDuration::try_from_secs_f64(value.as_f64()?.floor()).ok();
        value.as_i64().or_else(|| whole().map(|since_epoch| since_epoch.as_secs()))
    }

    /// The members of `aud`: a text, or an array of texts.
    pub(crate) fn audiences(&self) -> Vec<&str> {
        match self.claims.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// `typ` of the header.
    pub(crate) fn typ(&self) -> Option<&str> {
        self.header.get("typ").and_then(Value::as_str)
    }

    /// Whether it says that a secret key signs it.
    pub(crate) fn is_symmetric(&self) -> bool {
        mac(&self.alg).is_some()
    }

    /// Verifies the signature by one of these keys.
    ///
    /// # Errors
    /// If `alg` names no signature, no key fits, or none made the signature.
    pub(crate) fn verify(&self, keys: &JwkSet) -> Result<(), JwsFault> {
        let algorithm = self.algorithm()?;
        let kid = self.header.get("kid").and_then(Value::as_str);
        let named = |key: &&Jwk| kid.is_none() || key.common.key_id.is_none() || key.common.key_id.as_deref() == kid;
        let mut fitting = keys.keys.iter().filter(named).filter(|key| fits(key, algorithm)).take(MOST_KEYS).peekable();
        if fitting.peek().is_none() {
            return Err(JwsFault::NoKey);
        }
        if fitting.any(|key| self.is_signed_by(key, algorithm)) { Ok(()) } else { Err(JwsFault::Signature) }
    }

    /// Verifies the signature by this key.
    ///
    /// # Errors
    /// If `alg` names no signature, the key does not fit, or did not make the signature.
    pub(crate) fn verify_by(&self, key: &Jwk) -> Result<(), JwsFault> {
        let algorithm = self.algorithm()?;
        if self.is_signed_by(key, algorithm) { Ok(()) } else { Err(JwsFault::Signature) }
    }

    /// Verifies the signature by a secret that both sides know (RFC 7518 3.2).
    ///
    /// # Errors
    /// If `alg` is not HMAC, or the signature is that of another secret.
    pub(crate) fn verify_by_secret(&self, secret: &str) -> Result<(), JwsFault> {
        let digest = mac(&self.alg).ok_or_else(|| JwsFault::Algorithm { alg: self.alg.clone() })?;
        let expected = PKey::hmac(secret.as_bytes())
            .and_then(|key| Signer::new(digest, &key)?.sign_oneshot_to_vec(self.signed.as_bytes()));
        let same = |expected: &[u8]| expected.len() == self.signature.len() && memcmp::eq(expected, &self.signature);
        if expected.is_ok_and(|expected| same(&expected)) { Ok(()) } else { Err(JwsFault::Signature) }
    }

    fn algorithm(&self) -> Result<JwsAlgorithm, JwsFault> {
        self.alg.parse().map_err(|_| JwsFault::Algorithm { alg: self.alg.clone() })
    }

    fn is_signed_by(&self, key: &Jwk, algorithm: JwsAlgorithm) -> bool {
        let Some(key) = public_key(key).filter(|key| is_of_kind(key, algorithm)) else { return false };
        // OpenSSL reports an error for a signature of the wrong length.
        verified(&key, algorithm, &self.signature, self.signed.as_bytes()).unwrap_or(false)
    }
}

fn verified(key: &PKey<Public>, algorithm: JwsAlgorithm, signature: &[u8], message: &[u8]) -> Result<bool, ErrorStack> {
    let Some(digest) = digest(algorithm) else {
        return Verifier::new_without_digest(key)?.verify_oneshot(signature, message);
    };
    let mut verifier = Verifier::new(digest, key)?;
    if has_pss_padding(algorithm) {
        verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
        verifier.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
    }
    let Some(bytes) = p1363_bytes(algorithm).map(usize::from) else {
        return verifier.verify_oneshot(signature, message);
    };
    let Some((r, s)) = signature.split_at_checked(bytes).filter(|(_, s)| s.len() == bytes) else { return Ok(false) };
    let signature = EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?;
    verifier.verify_oneshot(&signature.to_der()?, message)
}

/// Whether a key is of the kind and the size that an algorithm needs (RFC 8725 3.1).
fn is_of_kind(key: &PKey<Public>, algorithm: JwsAlgorithm) -> bool {
    match algorithm {
        JwsAlgorithm::ES256 => key.id() == Id::EC && key.bits() == 256,
        JwsAlgorithm::ES384 => key.id() == Id::EC && key.bits() == 384,
        JwsAlgorithm::EdDsa => key.id() == Id::ED25519,
        _ => key.id() == Id::RSA,
    }
}

/// Whether the owner of a key means it for signatures by this algorithm, as far as the key says (RFC 7517 4.2 and 4.4).
fn fits(key: &Jwk, algorithm: JwsAlgorithm) -> bool {
    let to_sign = key.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
    let meant = |alg: KeyAlgorithm| <&'static str>::from(algorithm).parse::<KeyAlgorithm>().is_ok_and(|own| own == alg);
    to_sign
        && key.common.key_algorithm.is_none_or(meant)
        && public_key(key).is_some_and(|key| is_of_kind(&key, algorithm))
}

fn mac(alg: &str) -> Option<MessageDigest> {
    match alg {
        "HS256" => Some(MessageDigest::sha256()),
        "HS384" => Some(MessageDigest::sha384()),
        "HS512" => Some(MessageDigest::sha512()),
        _ => None,
    }
}

fn object(part: &str) -> Result<Map<String, Value>, JwsFault> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsFault::NotAJws)?;
    serde_json::from_slice(&bytes).map_err(|_| JwsFault::NotAJws)
}

const GREATEST_LENGTH: usize = 64 * 1024;
/// More than anybody publishes.
const MOST_KEYS: usize = 20;
