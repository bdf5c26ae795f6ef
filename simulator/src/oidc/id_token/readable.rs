//! A received ID token in readable form: decoded, without its signature.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::signals::signals_in;
use vestibule_model::Signal;

/// An ID token in readable form. It is not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadableToken {
    /// Header and claims as indented JSON; the signature is left out. For a token that cannot be read, the reason.
    pub(crate) json: String,
    /// The issuer that it names.
    pub(crate) issuer: Option<String>,
    /// Every value that could be a signal: what `amr` holds, then `acr`.
    pub(crate) signals: Vec<Signal>,
    /// Whether it carries a signature.
    pub(crate) signed: bool,
}

/// Shows a compact JWS. Never fails: a forged token is shown too.
pub(crate) fn readable(token: &str) -> ReadableToken {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else { return unreadable("it does not have three parts") };
    if token.len() > GREATEST_LENGTH {
        return unreadable("it is too long");
    }
    let (Some(header), Some(claims)) = (part(header), part(claims)) else {
        return unreadable("its header or its claims are not JSON in base64url");
    };
    let signed = !signature.is_empty() && header["alg"].as_str().is_some_and(|alg| !alg.eq_ignore_ascii_case("none"));
    let issuer = claims["iss"].as_str().map(str::to_owned);
    let signals = signals_in(&claims);
    let signature = if signature.is_empty() { "none" } else { "…" };
    let whole = json!({ "header": header, "claims": claims, "signature": signature });
    ReadableToken { json: format!("{whole:#}"), issuer, signals, signed }
}

fn unreadable(why: &str) -> ReadableToken {
    ReadableToken { json: format!("not shown: {why}"), issuer: None, signals: Vec::new(), signed: false }
}

fn part(text: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

const GREATEST_LENGTH: usize = 64 * 1024;
