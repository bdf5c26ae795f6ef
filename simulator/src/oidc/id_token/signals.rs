//! What an ID token says about how its user signed in.

use serde_json::Value;

use super::claims::IdTokenClaims;
use vestibule_model::{Carrier, Signal};

/// The signals of an ID token: one per string in the array `amr`, then `acr`.
///
/// An `amr` that is not an array carries no signal, even if it is a string such as `"mfa"` or `"pwd otp"`: RFC 8176
/// section 1 requires an array of strings, and an RP that guessed could accept a strength that the IdP never stated.
/// Members of the array that are not strings carry no signal either.
pub(crate) fn signals(claims: &IdTokenClaims) -> Vec<Signal> {
    let amr = claims.amr.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    amr.iter()
        .filter_map(Value::as_str)
        .map(|value| Signal::new(value, Carrier::IdTokenAmr))
        .chain(claims.acr.iter().map(|value| Signal::new(value, Carrier::IdTokenAcr)))
        .collect()
}
