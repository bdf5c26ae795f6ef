//! What an ID token says about how its user signed in.

use serde_json::Value;

use super::claims::IdTokenClaims;
use vestibule_model::{Carrier, Signal};

/// The signals of an ID token: one per string in the array `amr`, then what else the claim holds, then `acr`.
///
/// Anything else in `amr`, even a string such as `"mfa"` or `"pwd otp"`, has a carrier that the org does not read: RFC 8176
/// section 1 requires an array of strings, and an RP that guessed could accept a strength that the IdP never stated.
pub(crate) fn signals(claims: &IdTokenClaims) -> Vec<Signal> {
    of(claims.amr.as_ref(), claims.acr.as_deref())
}

/// The same, of claims that nobody verified.
pub(crate) fn signals_in(claims: &Value) -> Vec<Signal> {
    of(claims.get("amr"), claims.get("acr").and_then(Value::as_str))
}

fn of(amr: Option<&Value>, acr: Option<&str>) -> Vec<Signal> {
    let members = amr.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let strings = members.iter().filter_map(Value::as_str).map(|value| Signal::new(value, Carrier::IdTokenAmr));
    let others = members.iter().filter(|member| !member.is_string() && !member.is_null());
    let others = others.chain(amr.filter(|amr| !amr.is_array() && !amr.is_null()));
    let others = others.map(|value| Signal::new(text(value), Carrier::IdTokenAmrText));
    strings.chain(others).chain(acr.map(|value| Signal::new(value, Carrier::IdTokenAcr))).collect()
}

fn text(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.chars().take(LONGEST_TEXT).collect()
}

/// As many characters as tell what somebody meant.
const LONGEST_TEXT: usize = 200;
