//! Verification by the RP.
//!
//! Source: OpenID Connect Core 3.1.3.7. jsonwebtoken checks the signature and nothing else: its time checks would read
//! the system clock.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::{Map, Value};
use vestibule_certs::install_jose_provider;

use super::careless;
use super::claims::IdTokenClaims;
use super::header::Header;
use super::rejection::IdTokenRejection;
use super::sign::half_hash;
use vestibule_model::Weakness;

/// What an RP expects from an ID token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    /// Issuer identifier of the OP.
    pub(crate) issuer: &'a str,
    /// Client id of the RP.
    pub(crate) client_id: &'a str,
    /// The nonce of the request, if it had one.
    pub(crate) nonce: Option<&'a str>,
    /// The access token that came with the ID token. An `at_hash` must be that of this token; without one nothing is said
    /// about it, which the code flow allows (OpenID Connect Core 3.1.3.8).
    pub(crate) access_token: Option<&'a str>,
    /// The `max_age` of the request in seconds, if it had one.
    pub(crate) max_age: Option<u64>,
    /// The current time at the RP.
    pub(crate) now: Timestamp,
    /// How far the clocks of OP and RP may differ.
    pub(crate) leeway: SignedDuration,
}

/// Verifies an ID token with every check.
///
/// # Errors
/// As [`verify_without`].
pub(crate) fn verify(token: &str, keys: &JwkSet, expected: &Expected<'_>) -> Result<IdTokenClaims, IdTokenRejection> {
    verify_without(&BTreeSet::new(), token, keys, expected)
}

/// Verifies an ID token against the keys that the issuer publishes, without the checks that are left out on purpose.
///
/// # Errors
/// The first reason to refuse it, checked in the order header, key, signature, claims. Nothing in the payload is
/// trusted before the signature is verified.
pub(crate) fn verify_without(
    weaknesses: &BTreeSet<Weakness>,
    token: &str,
    keys: &JwkSet,
    expected: &Expected<'_>,
) -> Result<IdTokenClaims, IdTokenRejection> {
    let header = Header::parse(token)?;
    let payload = match careless::payload(token, keys, weaknesses) {
        Some(payload) => {
            header.accept_beside_algorithm(weaknesses)?;
            payload_of(&payload)?
        }
        None => {
            let algorithm = header.accept(weaknesses)?;
            let key = find_key(header.kid.as_deref(), algorithm, keys)?;
            check_signature(token, key, algorithm)?
        }
    };
    let claims = payload.into_claims()?;
    check_parties(&claims, expected, weaknesses)?;
    check_times(&claims, expected, weaknesses)?;
    Ok(claims)
}

/// Checks what can be wrong with a token whatever the keys of its issuer, its request and the time are.
///
/// # Errors
/// The first reason to refuse it.
pub(crate) fn check_form(token: &str) -> Result<(), IdTokenRejection> {
    Header::parse(token)?.accept(&BTreeSet::new())?;
    let payload = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    payload_of(&payload.ok_or(IdTokenRejection::NotACompactJws)?)?.into_claims().map(|_| ())
}

fn payload_of(json: &[u8]) -> Result<Payload, IdTokenRejection> {
    serde_json::from_slice(json).map_err(|reason| IdTokenRejection::Payload { reason: reason.to_string() })
}

/// Checks that the signature of a token verifies with one of these keys, whoever the token is for and whenever.
///
/// # Errors
/// Why it proves nothing.
pub(crate) fn check_signature_only(token: &str, keys: &JwkSet) -> Result<(), IdTokenRejection> {
    let header = Header::parse(token)?;
    let algorithm = header.accept(&BTreeSet::new())?;
    let key = find_key(header.kid.as_deref(), algorithm, keys)?;
    check_signature(token, key, algorithm).map(|_| ())
}

fn find_key<'k>(kid: Option<&str>, algorithm: Algorithm, keys: &'k JwkSet) -> Result<&'k Jwk, IdTokenRejection> {
    let fits = |key: &Jwk| {
        let of_algorithm = key.common.key_algorithm.is_none_or(|alg| alg == KeyAlgorithm::from(algorithm));
        let to_sign = key.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
        of_algorithm && to_sign && is_of_kind(key, algorithm)
    };
    match (kid, keys.keys.as_slice()) {
        // Keys of different kinds may share a kid (RFC 7517 4.5).
        (Some(kid), all) => {
            let mut named = all.iter().filter(|key| key.common.key_id.as_deref() == Some(kid)).peekable();
            named.peek().ok_or_else(|| IdTokenRejection::KidUnknown { kid: kid.to_owned() })?;
            named.find(|key| fits(key)).ok_or_else(|| unfit(algorithm))
        }
        (None, [only]) => Some(only).filter(|key| fits(key)).ok_or_else(|| unfit(algorithm)),
        (None, _) => Err(IdTokenRejection::KidMissing),
    }
}

/// Whether a key is of the kind that an algorithm takes.
fn is_of_kind(key: &Jwk, algorithm: Algorithm) -> bool {
    match algorithm {
        Algorithm::ES256 => matches!(key.algorithm, AlgorithmParameters::EllipticCurve(_)),
        _ => matches!(key.algorithm, AlgorithmParameters::RSA(_)),
    }
}

fn check_signature(token: &str, key: &Jwk, algorithm: Algorithm) -> Result<Payload, IdTokenRejection> {
    install_jose_provider();
    let key = DecodingKey::from_jwk(key).map_err(|_| unfit(algorithm))?;
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    match jsonwebtoken::decode::<Payload>(token, &key, &validation) {
        Ok(data) => Ok(data.claims),
        Err(error) => Err(match error.kind() {
            ErrorKind::Json(reason) => IdTokenRejection::Payload { reason: reason.to_string() },
            ErrorKind::InvalidAlgorithm => unfit(algorithm),
            _ => IdTokenRejection::Signature,
        }),
    }
}

fn check_parties(
    claims: &IdTokenClaims,
    expected: &Expected<'_>,
    weaknesses: &BTreeSet<Weakness>,
) -> Result<(), IdTokenRejection> {
    let client_id = || expected.client_id.to_owned();
    let checks = |weakness| !weaknesses.contains(&weakness);
    if claims.iss != expected.issuer && checks(Weakness::SkipIssuer) {
        return Err(IdTokenRejection::Issuer { expected: expected.issuer.to_owned(), actual: claims.iss.clone() });
    }
    if !claims.aud.iter().any(|aud| aud == expected.client_id) && checks(Weakness::SkipAudience) {
        return Err(IdTokenRejection::Audience { expected: client_id(), actual: claims.aud.clone() });
    }
    let others: Vec<_> = claims.aud.iter().filter(|aud| *aud != expected.client_id).cloned().collect();
    if !others.is_empty() && checks(Weakness::SkipAudience) {
        return Err(IdTokenRejection::OtherAudience { others });
    }
    let azp = claims.azp.as_ref().filter(|azp| *azp != expected.client_id);
    if let Some(azp) = azp.filter(|_| checks(Weakness::SkipAuthorizedParty)) {
        return Err(IdTokenRejection::Azp { expected: client_id(), actual: azp.clone() });
    }
    let of_token = expected.access_token.map(half_hash);
    let differs = claims.at_hash.is_some() && of_token.is_some() && claims.at_hash != of_token;
    if differs && checks(Weakness::SkipAtHash) {
        return Err(IdTokenRejection::AtHashMismatch);
    }
    match (expected.nonce, claims.nonce.as_deref()) {
        _ if !checks(Weakness::SkipNonce) => Ok(()),
        (Some(_), None) => Err(IdTokenRejection::NonceMissing),
        (sent, received) if sent != received => Err(IdTokenRejection::NonceMismatch),
        _ => Ok(()),
    }
}

fn check_times(
    claims: &IdTokenClaims,
    expected: &Expected<'_>,
    weaknesses: &BTreeSet<Weakness>,
) -> Result<(), IdTokenRejection> {
    let checks = |weakness| !weaknesses.contains(&weakness);
    let (now, leeway) = (expected.now.as_second(), expected.leeway.as_secs());
    let ahead = |time: i64| time.saturating_sub(now);
    if ahead(claims.exp).saturating_add(leeway) <= 0 && checks(Weakness::SkipExpiry) {
        return Err(IdTokenRejection::Expired { seconds: ahead(claims.exp).saturating_neg() });
    }
    if let Some(nbf) = claims.nbf.filter(|nbf| ahead(*nbf) > leeway && checks(Weakness::SkipNotBefore)) {
        return Err(IdTokenRejection::NotYetValid { seconds: ahead(nbf) });
    }
    if ahead(claims.iat) > leeway && checks(Weakness::SkipIssueInstant) {
        return Err(IdTokenRejection::IssuedInTheFuture { seconds: ahead(claims.iat) });
    }
    let early = claims.auth_time.filter(|auth_time| ahead(*auth_time) > leeway);
    if let Some(auth_time) = early.filter(|_| checks(Weakness::SkipAuthTime)) {
        return Err(IdTokenRejection::SignedInInTheFuture { seconds: ahead(auth_time) });
    }
    let Some(max_age) = expected.max_age else { return Ok(()) };
    let auth_time = claims.auth_time.ok_or(IdTokenRejection::AuthTimeMissing)?;
    let seconds = ahead(auth_time).saturating_neg();
    let limit = i64::try_from(max_age).unwrap_or(i64::MAX).saturating_add(leeway);
    if seconds > limit { Err(IdTokenRejection::SignedInTooLongAgo { seconds, max_age }) } else { Ok(()) }
}

/// The payload before its types are checked. A claim that appears twice is a JSON error, because two RPs could read two
/// different values.
#[derive(Deserialize)]
struct Payload {
    iss: Option<Value>,
    sub: Option<Value>,
    aud: Option<Value>,
    exp: Option<Value>,
    iat: Option<Value>,
    nbf: Option<Value>,
    auth_time: Option<Value>,
    nonce: Option<Value>,
    acr: Option<Value>,
    amr: Option<Value>,
    at_hash: Option<Value>,
    azp: Option<Value>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

impl Payload {
    fn into_claims(self) -> Result<IdTokenClaims, IdTokenRejection> {
        Ok(IdTokenClaims {
            iss: required("iss", text("iss", self.iss)?)?,
            sub: required("sub", subject(self.sub)?)?,
            aud: required("aud", audience(self.aud)?)?,
            exp: required("exp", seconds("exp", self.exp)?)?,
            iat: required("iat", seconds("iat", self.iat)?)?,
            nbf: seconds("nbf", self.nbf)?,
            auth_time: seconds("auth_time", self.auth_time)?,
            nonce: text("nonce", self.nonce)?,
            acr: text("acr", self.acr)?,
            amr: self.amr,
            at_hash: text("at_hash", self.at_hash)?,
            azp: text("azp", self.azp)?,
            extra: self.extra,
        })
    }
}

fn required<T>(claim: &'static str, value: Option<T>) -> Result<T, IdTokenRejection> {
    value.ok_or(IdTokenRejection::ClaimMissing { claim })
}

fn text(claim: &'static str, value: Option<Value>) -> Result<Option<String>, IdTokenRejection> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(IdTokenRejection::ClaimMalformed { claim, expected: "a string" }),
    }
}

/// OpenID Connect Core 2: at most 255 ASCII characters, and one that names somebody has one at least.
fn subject(value: Option<Value>) -> Result<Option<String>, IdTokenRejection> {
    match text("sub", value)? {
        Some(sub) if !sub.is_ascii() || !(1..=255).contains(&sub.len()) => {
            Err(IdTokenRejection::ClaimMalformed { claim: "sub", expected: "1 to 255 ASCII characters" })
        }
        sub => Ok(sub),
    }
}

/// A NumericDate, which may have a fraction (RFC 7519 2): the second that it lies in.
fn seconds(claim: &'static str, value: Option<Value>) -> Result<Option<i64>, IdTokenRejection> {
    let malformed = IdTokenRejection::ClaimMalformed { claim, expected: "a number of seconds" };
    value.map(|value| value.as_i64().or_else(|| whole_seconds(value.as_f64()?)).ok_or(malformed)).transpose()
}

/// The whole seconds of a number of seconds, where an instant lies there.
fn whole_seconds(seconds: f64) -> Option<i64> {
    let since_epoch = SignedDuration::try_from_secs_f64(seconds.floor()).ok()?;
    Some(since_epoch.as_secs())
}

fn audience(value: Option<Value>) -> Result<Option<Vec<String>>, IdTokenRejection> {
    let malformed = || IdTokenRejection::ClaimMalformed { claim: "aud", expected: "a string or an array of strings" };
    match value {
        None => Ok(None),
        Some(Value::String(one)) => Ok(Some(vec![one])),
        Some(many) => serde_json::from_value(many).map(Some).map_err(|_| malformed()),
    }
}

fn unfit(algorithm: Algorithm) -> IdTokenRejection {
    IdTokenRejection::KeyUnfit { alg: format!("{algorithm:?}") }
}
