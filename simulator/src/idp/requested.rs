//! The authentication context that a request asks for, and how the identity provider answers it.

use crate::realm::{IdpProtocol, IdpSpec, OnRequestedContext};
use crate::saml::{Comparison, RequestedAuthnContext};
use vestibule_model::{Carrier, Signal};

/// What a request asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Requested<'a> {
    /// Class references or `acr_values`, in order of preference. Empty if a SAML request names declarations instead.
    pub(super) values: &'a [String],
    /// How to compare them.
    pub(super) comparison: Comparison,
}

impl<'a> Requested<'a> {
    /// The `acr_values` of an authorization request, if it has any.
    pub(super) fn by_acr_values(values: &'a [String]) -> Option<Self> {
        (!values.is_empty()).then_some(Self { values, comparison: Comparison::Exact })
    }

    /// Whether a login with this context meets the request. No standard says which of two contexts is stronger, so an IdP and
    /// an SP must agree on it: a named context is exactly as strong as itself, and nothing is known about any other.
    fn is_met_by(self, value: &str) -> bool {
        match self.comparison {
            Comparison::Exact | Comparison::Minimum | Comparison::Maximum => self.values.iter().any(|one| one == value),
            Comparison::Better => false,
        }
    }

    /// The preferred context that meets the request.
    fn preferred(self) -> Option<String> {
        self.values.iter().find(|value| self.is_met_by(value)).cloned()
    }
}

impl<'a> From<&'a RequestedAuthnContext> for Requested<'a> {
    fn from(context: &'a RequestedAuthnContext) -> Self {
        Self { values: &context.class_refs, comparison: context.comparison }
    }
}

/// The signals of the answer to a request; `None` if the request is refused.
pub(super) fn answered(
    spec: &IdpSpec,
    requested: Option<Requested<'_>>,
    mut signals: Vec<Signal>,
) -> Option<Vec<Signal>> {
    let carrier = match spec.protocol {
        IdpProtocol::Saml => Carrier::AuthnContextClassRef,
        IdpProtocol::Oidc => Carrier::IdTokenAcr,
    };
    let Some(requested) = requested else { return Some(signals) };
    let said = signals.iter_mut().find(|signal| signal.carrier == carrier);
    match (spec.on_requested_context, said) {
        (_, Some(said)) if requested.is_met_by(&said.value) => {}
        (OnRequestedContext::Ignore, _) => {}
        (OnRequestedContext::Honour, Some(said)) => said.value = requested.preferred()?,
        (OnRequestedContext::Honour, None) => signals.push(Signal::new(requested.preferred()?, carrier)),
        (OnRequestedContext::Refuse, _) => return None,
    }
    Some(signals)
}

#[cfg(test)]
mod tests;
