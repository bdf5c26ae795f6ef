//! A received ID token in readable form: decoded, without its signature.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use vestibule_model::{Carrier, Signal};

/// An ID token in readable form. It is not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadableToken {
    /// Header and claims as indented JSON; the signature is left out. For a token that cannot be read, the reason.
    pub(crate) json: String,
    /// Every value that could be a signal: the members of `amr`, then `acr`.
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
    let signals = signals(&claims);
    let signature = if signature.is_empty() { "none" } else { "…" };
    let whole = json!({ "header": header, "claims": claims, "signature": signature });
    ReadableToken { json: format!("{whole:#}"), signals, signed }
}

fn unreadable(why: &str) -> ReadableToken {
    ReadableToken { json: format!("not shown: {why}"), signals: Vec::new(), signed: false }
}

fn part(text: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// A string in place of an array is shown too, because somebody meant it as a signal.
fn signals(claims: &Value) -> Vec<Signal> {
    let texts = |value: &Value| match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    let amr = texts(&claims["amr"]).into_iter().map(|value| Signal::new(value, Carrier::IdTokenAmr));
    let acr = texts(&claims["acr"]).into_iter().map(|value| Signal::new(value, Carrier::IdTokenAcr));
    amr.chain(acr).collect()
}

const GREATEST_LENGTH: usize = 64 * 1024;
