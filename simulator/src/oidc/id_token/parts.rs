//! Which claims of an ID token could be signals. Nothing is verified.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::signals::signals_in;
use vestibule_model::{Carrier, Signal};

/// What claims say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ClaimParts {
    /// Every value that could be a signal: what `amr` holds, `acr`, then the texts of every claim that no specification
    /// gives another meaning.
    pub(crate) signals: Vec<Signal>,
    /// The names of all other claims.
    pub(crate) others: Vec<String>,
}

/// The parts of a token that nobody verified; none if it cannot be read.
pub(crate) fn parts_of_token(token: &str) -> ClaimParts {
    let claims = token.split('.').nth(1).filter(|_| token.len() <= LONGEST_TOKEN);
    let claims = claims.and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims = claims.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    claims.map(|claims: Value| parts_of(&claims)).unwrap_or_default()
}

/// The parts of claims that nobody verified.
pub(crate) fn parts_of(claims: &Value) -> ClaimParts {
    let mut parts = ClaimParts { signals: signals_in(claims), others: Vec::new() };
    for (name, value) in claims.as_object().into_iter().flatten().take(MOST_CLAIMS) {
        let name: String = name.chars().take(LONGEST_NAME).collect();
        if SIGNALS.contains(&name.as_str()) {
            continue;
        }
        if REGISTERED.contains(&name.as_str()) {
            parts.others.push(name);
            continue;
        }
        let texts = value.as_str().into_iter().chain(value.as_array().into_iter().flatten().filter_map(Value::as_str));
        let texts: Vec<_> = texts.take(MOST_VALUES).collect();
        if texts.is_empty() {
            parts.others.push(name);
            continue;
        }
        let carrier = Carrier::IdTokenClaim(name);
        let cut = |text: &str| text.chars().take(LONGEST_TEXT).collect::<String>();
        parts.signals.extend(texts.into_iter().map(|text| Signal::new(cut(text), carrier.clone())));
    }
    parts
}

const SIGNALS: [&str; 2] = ["amr", "acr"];
/// Claims with another meaning (OpenID Connect Core 2 and 5.1, RFC 7519 4.1).
const REGISTERED: [&str; 33] = [
    "address",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "birthdate",
    "c_hash",
    "email",
    "email_verified",
    "exp",
    "family_name",
    "gender",
    "given_name",
    "groups",
    "iat",
    "iss",
    "jti",
    "locale",
    "middle_name",
    "name",
    "nbf",
    "nickname",
    "nonce",
    "phone_number",
    "phone_number_verified",
    "picture",
    "preferred_username",
    "profile",
    "sid",
    "sub",
    "updated_at",
    "website",
    "zoneinfo",
];
/// In bytes; a longer token is not shown either.
const LONGEST_TOKEN: usize = 64 * 1024;
const MOST_CLAIMS: usize = 200;
const MOST_VALUES: usize = 50;
/// In characters.
const LONGEST_NAME: usize = 100;
/// In characters.
const LONGEST_TEXT: usize = 200;
