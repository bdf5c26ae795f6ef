//! The authentication context that a request asks for, and how the identity provider answers it.

use crate::realm::{IdpProtocol, IdpSpec, OnRequestedContext};
use vestibule_model::{Carrier, Signal};

/// The signals of the answer to a request for one of these contexts; `None` if the request is refused.
///
/// Contexts are compared as `exact`: no standard says which of two is stronger, so an IdP and an SP must agree on it.
pub(super) fn answered(spec: &IdpSpec, requested: &[String], mut signals: Vec<Signal>) -> Option<Vec<Signal>> {
    let carrier = match spec.protocol {
        IdpProtocol::Saml => Carrier::AuthnContextClassRef,
        IdpProtocol::Oidc => Carrier::IdTokenAcr,
    };
    let Some(preferred) = requested.first().cloned() else { return Some(signals) };
    let said = signals.iter_mut().find(|signal| signal.carrier == carrier);
    match (spec.on_requested_context, said) {
        (_, Some(said)) if requested.contains(&said.value) => {}
        (OnRequestedContext::Ignore, _) => {}
        (OnRequestedContext::Honour, Some(said)) => said.value = preferred,
        (OnRequestedContext::Honour, None) => signals.push(Signal::new(preferred, carrier)),
        (OnRequestedContext::Refuse, _) => return None,
    }
    Some(signals)
}

#[cfg(test)]
mod tests;
