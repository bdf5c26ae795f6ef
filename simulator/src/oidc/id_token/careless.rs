//! What an RP takes for signed that leaves out one check of the signature on purpose.
//!
//! Each weakness is the mistake of a real party. Nothing here is used unless the realm names it.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet};
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::memcmp;
use openssl::pkey::{PKey, Public};
use openssl::rsa::Rsa;
use openssl::sign::{Signer, Verifier};
use openssl::x509::X509;
use serde_json::Value;

use vestibule_model::Weakness;

/// The payload of a token that the weaknesses let pass; `None` if they have nothing to say about it.
pub(super) fn payload(token: &str, keys: &JwkSet, weaknesses: &BTreeSet<Weakness>) -> Option<Vec<u8>> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else { return None };
    let claims = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    let alg = header["alg"].as_str()?;
    let input = token.rsplit_once('.')?.0.as_bytes();
    let value = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
    let passes = |weakness: &Weakness| match weakness {
        Weakness::AcceptAlgNone => alg.eq_ignore_ascii_case("none"),
        Weakness::SkipSignature => !signature.is_empty(),
        Weakness::AcceptEmptySignature => signature.is_empty() && !alg.eq_ignore_ascii_case("none"),
        Weakness::AlgFromHeader => alg == "HS256" && keys.keys.iter().any(|key| is_mac_by(key, input, &value)),
        Weakness::AcceptBlankSecret => alg == "HS256" && is_mac(input, &[], &value),
        Weakness::TrustEmbeddedKey => embedded(&header).is_some_and(|key| verifies(&key, input, &value)),
        _ => false,
    };
    weaknesses.iter().any(passes).then_some(claims)
}

/// Whether this is an HMAC with the public key as its secret, in any form that a library would take it.
fn is_mac_by(key: &Jwk, input: &[u8], value: &[u8]) -> bool {
    let AlgorithmParameters::RSA(rsa) = &key.algorithm else { return false };
    let Ok(public) = rsa_key(&rsa.n, &rsa.e) else { return false };
    let (pem, der) = (public.public_key_to_pem().unwrap_or_default(), public.public_key_to_der().unwrap_or_default());
    let secrets = [pem.as_slice(), pem.trim_ascii_end(), der.as_slice(), rsa.n.as_bytes()];
    secrets.into_iter().any(|secret| !secret.is_empty() && is_mac(input, secret, value))
}

fn is_mac(input: &[u8], secret: &[u8], value: &[u8]) -> bool {
    let made = || {
        // An HMAC pads its secret with zeros, so one zero is as good as nothing, which OpenSSL does not take.
        let key = PKey::hmac(if secret.is_empty() { &[0] } else { secret })?;
        Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(input)
    };
    made().is_ok_and(|made: Vec<u8>| made.len() == value.len() && memcmp::eq(&made, value))
}

/// The RSA key that the header contains, as `jwk` or in the first certificate of `x5c`.
fn embedded(header: &Value) -> Option<PKey<Public>> {
    if let (Some(n), Some(e)) = (header["jwk"]["n"].as_str(), header["jwk"]["e"].as_str()) {
        return rsa_key(n, e).ok();
    }
    let certificate = STANDARD.decode(header["x5c"][0].as_str()?).ok()?;
    X509::from_der(&certificate).ok()?.public_key().ok()
}

fn rsa_key(n: &str, e: &str) -> Result<PKey<Public>, ErrorStack> {
    let number = |text: &str| BigNum::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap_or_default());
    PKey::from_rsa(Rsa::from_public_components(number(n)?, number(e)?)?)
}

fn verifies(key: &PKey<Public>, input: &[u8], value: &[u8]) -> bool {
    let verified = Verifier::new(MessageDigest::sha256(), key).and_then(|mut one| one.verify_oneshot(value, input));
    verified.unwrap_or(false)
}
