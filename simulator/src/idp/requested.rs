//! The authentication context that a request asks for, and how the identity provider answers it.

use crate::realm::{IdpProtocol, IdpSpec, OnRequestedContext};
use crate::saml::{Comparison, RequestedAuthnContext, class_ref};
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

    /// Whether a login with this context meets the request. A context that is in no order is exactly as strong as itself, and
    /// nothing is known about any other.
    fn is_met_by(self, value: &str, order: &Order<'_>) -> bool {
        let is_named = self.values.iter().any(|one| one == value);
        let compared = |meets: fn(usize, usize) -> bool| {
            let strength = order.strength(value);
            self.values
                .iter()
                .any(|one| strength.zip(order.strength(one)).is_some_and(|(this, asked)| meets(this, asked)))
        };
        match self.comparison {
            Comparison::Exact => is_named,
            Comparison::Minimum => is_named || compared(|this, asked| this >= asked),
            Comparison::Maximum => is_named || compared(|this, asked| this <= asked),
            Comparison::Better => {
                self.strongest(order).zip(order.strength(value)).is_some_and(|(most, this)| this > most)
            }
        }
    }

    /// The preferred context that meets the request: the first one that it names, or the next one above them.
    fn preferred(self, order: &Order<'_>) -> Option<String> {
        match self.comparison {
            Comparison::Better => order.above(self.strongest(order)?).map(str::to_owned),
            _ => self.values.first().cloned(),
        }
    }

    /// The strength of the strongest context that is named; `None` if that of one is unknown, or there is none.
    fn strongest(self, order: &Order<'_>) -> Option<usize> {
        let strengths: Option<Vec<usize>> = self.values.iter().map(|value| order.strength(value)).collect();
        strengths?.into_iter().max()
    }
}

/// Contexts from the weakest to the strongest. No standard says which of two contexts is stronger, so an IdP and an SP must
/// agree on it.
struct Order<'a>(Vec<&'a str>);

impl<'a> Order<'a> {
    /// That of the identity provider.
    fn of(spec: &'a IdpSpec) -> Self {
        if spec.context_order.is_empty() {
            Self(class_ref::WEAKEST_FIRST.to_vec())
        } else {
            Self(spec.context_order.iter().map(String::as_str).collect())
        }
    }

    fn strength(&self, context: &str) -> Option<usize> {
        self.0.iter().position(|one| *one == context)
    }

    /// The weakest one that is stronger.
    fn above(&self, strength: usize) -> Option<&'a str> {
        self.0.get(strength.checked_add(1)?).copied()
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
    let order = Order::of(spec);
    let said = signals.iter().find(|signal| signal.carrier == carrier);
    let is_met = said.is_some_and(|said| requested.is_met_by(&said.value, &order));
    let answer = match spec.on_requested_context {
        OnRequestedContext::Downgrade => weaker_than(requested, spec.protocol),
        OnRequestedContext::Contradict => requested.preferred(&order)?,
        _ if is_met => return Some(signals),
        OnRequestedContext::Ignore => return Some(signals),
        OnRequestedContext::Honour => requested.preferred(&order)?,
        OnRequestedContext::Refuse => return None,
    };
    if spec.on_requested_context == OnRequestedContext::Contradict {
        signals.retain(|signal| signal.carrier == carrier);
        signals.push(Signal::new("pwd", spec.carrier()));
    }
    match signals.iter_mut().find(|signal| signal.carrier == carrier) {
        Some(said) => said.value = answer,
        None => signals.push(Signal::new(answer, carrier)),
    }
    Some(signals)
}

/// A context that is weaker than those that were asked for. In OpenID Connect the level 0 says that even the lowest level of
/// assurance is not reached (Core 2, `acr`).
fn weaker_than(requested: Requested<'_>, protocol: IdpProtocol) -> String {
    let weak = match protocol {
        IdpProtocol::Saml => class_ref::PASSWORD,
        IdpProtocol::Oidc => "0",
    };
    let weak = if requested.values.iter().any(|asked| asked == weak) { class_ref::UNSPECIFIED } else { weak };
    weak.to_owned()
}

#[cfg(test)]
mod tests;
