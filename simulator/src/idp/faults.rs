//! The faults of an identity provider: those of signals that only an ID token shows, and the case of the catalogue that all
//! others are.

use serde_json::Value;
use vestibule_model::{Fault, IdpSpec};

use crate::attacks::{self, Case};
use crate::oidc::IdTokenClaims;

/// Applies what no signal can say to the claims of an ID token.
pub(super) fn apply(faults: &[Fault], claims: &mut IdTokenClaims) {
    if faults.contains(&Fault::SignalsAsNumbers) {
        claims.amr = claims.amr.take().map(|amr| Value::from(numbers_in(&amr)));
    }
}

/// The case of the catalogue among the faults of an identity provider and those of one login: the last one.
pub(super) fn attack(idp: &IdpSpec, chosen: &[Fault]) -> Option<&'static Case> {
    let mut latest_first = idp.faults.iter().chain(chosen).rev();
    latest_first.find_map(|fault| attacks::case(fault.case(idp.protocol)?))
}

/// The numbers that a claim holds as texts.
fn numbers_in(amr: &Value) -> Vec<u64> {
    let texts = amr.as_str().into_iter().chain(amr.as_array().into_iter().flatten().filter_map(Value::as_str));
    texts.flat_map(str::split_whitespace).filter_map(|text| text.parse().ok()).collect()
}
