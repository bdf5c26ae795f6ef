//! What an identity provider says about one user, or in one answer, in place of what it is set up to say.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::carriage::Carriage;
use super::method_used::MethodUsed;
use super::requested_context::OnRequestedContext;
use super::{IdpSpec, MisplacedKey};
use crate::Fault;
use crate::IdpProtocol;

/// One answer of an identity provider. What is not set is as the identity provider is set up. If `amr`, `acr`, `class-ref` or
/// `attributes` is set, it sends exactly these signals (`amr: []` sends none).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Answer")]
pub struct AnswerSpec {
    /// In `next`: key of the user whose login it answers, and whom an automatic sign-in page signs in; default: anybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// How the user signs in; the preset then says what is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<MethodUsed>,
    /// Exactly these `amr` values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amr: Option<Vec<String>>,
    /// Exactly this `acr` claim of the ID token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// Exactly this `AuthnContextClassRef`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_ref: Option<String>,
    /// Further SAML attributes that carry signals, by `Name`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Where `amr` is carried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carriage: Option<Carriage>,
    /// What happens if the answer would not match the requested context. Exact signals of one answer are sent whatever was
    /// requested, unless this is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_requested_context: Option<OnRequestedContext>,
    /// What is wrong with the answer, besides what is wrong with all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
}

impl AnswerSpec {
    /// Whether nothing is set but the user.
    pub fn is_empty(&self) -> bool {
        Self { user: None, ..self.clone() } == Self::default()
    }

    /// Whether it names the signals that are sent.
    pub fn has_signals(&self) -> bool {
        self.amr.is_some() || self.acr.is_some() || self.class_ref.is_some() || !self.attributes.is_empty()
    }

    /// This answer, and what it leaves open as in the other one. Signals are taken from one of them, faults from both.
    #[must_use]
    pub fn over(self, other: &Self) -> Self {
        let mut faults = other.faults.clone();
        faults.extend(self.faults.iter().copied());
        let signals = if self.has_signals() { &self } else { other };
        let exactly = Self {
            amr: signals.amr.clone(),
            acr: signals.acr.clone(),
            class_ref: signals.class_ref.clone(),
            attributes: signals.attributes.clone(),
            ..Self::default()
        };
        Self {
            user: self.user.or_else(|| other.user.clone()),
            method: self.method.or(other.method),
            carriage: self.carriage.or_else(|| other.carriage.clone()),
            on_requested_context: self.on_requested_context.or(other.on_requested_context),
            faults,
            ..exactly
        }
    }

    /// The identity provider as it would be set up to give this answer always. Its faults are left as they are.
    pub fn applied_to(&self, spec: &IdpSpec) -> IdpSpec {
        let mut spec = spec.clone();
        if self.has_signals() {
            spec.emit = None;
            spec.amr.clone_from(&self.amr);
            spec.acr.clone_from(&self.acr);
            spec.class_ref.clone_from(&self.class_ref);
            spec.attributes.clone_from(&self.attributes);
        } else if self.method.is_some() && spec.preset.is_some() {
            // The preset knows what this method sends; signals that were set for another one do not count.
            (spec.emit, spec.amr, spec.acr, spec.class_ref) = (None, None, None, None);
            spec.attributes.clear();
        }
        if let Some(carriage) = &self.carriage {
            spec.carriage = Some(carriage.clone());
        }
        if let Some(behaviour) = self.on_requested_context {
            spec.on_requested_context = behaviour;
        }
        spec
    }

    /// Why an identity provider of this protocol cannot give the answer.
    pub fn misplaced_key(&self, protocol: IdpProtocol) -> Option<MisplacedKey> {
        let (key, what, instead) = match protocol {
            IdpProtocol::Saml if self.acr.is_some() => {
                ("acr", "a claim of OpenID Connect", "write `class-ref`, or `protocol: oidc`")
            }
            IdpProtocol::Oidc if self.class_ref.is_some() => {
                ("class-ref", "an element of SAML", "write `acr`, or `protocol: saml`")
            }
            IdpProtocol::Oidc if !self.attributes.is_empty() => {
                ("attributes", "an element of SAML", "write `amr` or `acr`, or `protocol: saml`")
            }
            _ => return misplaced_fault(&self.faults, protocol),
        };
        let why = format!("`{key}` is {what}, and this identity provider speaks {}", protocol.spoken());
        Some(MisplacedKey { key, why, instead })
    }
}

/// A fault that the protocol has no place for.
pub(super) fn misplaced_fault(faults: &[Fault], protocol: IdpProtocol) -> Option<MisplacedKey> {
    let fault = faults.iter().find(|fault| !fault.has_place_in(protocol))?;
    let other = protocol.other();
    let (what, instead) = match fault {
        Fault::Attack(_) if fault.has_place_in(other) => (
            format!("the case `{fault}` is one of {}", other.spoken()),
            "write a case of this protocol: see docs/attacks.md",
        ),
        Fault::Attack(_) => {
            let why = format!("no identity provider sends what the case `{fault}` is about");
            return Some(MisplacedKey {
                key: "faults",
                why,
                instead: "write a case of this protocol: see docs/attacks.md",
            });
        }
        _ => (format!("the fault `{fault}` is one of {}", other.spoken()), "leave it out, or write the other protocol"),
    };
    let why = format!("{what}, and this identity provider speaks {}", protocol.spoken());
    Some(MisplacedKey { key: "faults", why, instead })
}
