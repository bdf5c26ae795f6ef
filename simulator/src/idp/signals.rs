//! Which signals an identity provider emits after a sign-in, and where it puts them.

use std::collections::HashMap;

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::presets::{self, PresetError};
use crate::realm::{IdpProtocol, IdpSpec, MethodUsed};
use crate::saml::{Attribute, attribute_format, class_ref};
use vestibule_model::{Carrier, Signal};

/// The signals that an identity provider emits after this method on this day: exactly those that the specification names, or the
/// preset's, in the order of the message. Signals whose carrier does not exist in the protocol are left out.
///
/// A message has room for one `acr` or one `AuthnContextClassRef`: of several, the first is kept. A SAML response
/// always has a class reference (saml-core 2.7.2.2); the default is `unspecified`.
///
/// # Errors
///
/// If the preset is unknown or does not cover the protocol.
pub fn emitted(spec: &IdpSpec, method: MethodUsed, date: Date) -> Result<Vec<Signal>, PresetError> {
    let signals = match (spec.signals(), &spec.preset) {
        (Some(exactly), _) => exactly,
        (None, Some(name)) => {
            let preset = match &spec.own_preset {
                Some(own) => own,
                None => presets::describe(name)?,
            };
            presets::signals_on(preset, name, spec.protocol, method, date)?
        }
        (None, None) => Vec::new(),
    };
    let first = |carrier: Carrier| signals.iter().find(|signal| signal.carrier == carrier).cloned();
    let all = |carrier: Carrier| signals.iter().filter(move |signal| signal.carrier == carrier).cloned();
    Ok(match spec.protocol {
        IdpProtocol::Saml => {
            let unspecified = || Signal::new(class_ref::UNSPECIFIED, Carrier::AuthnContextClassRef);
            let class_ref = first(Carrier::AuthnContextClassRef).unwrap_or_else(unspecified);
            let attributes = attributes_of(&signals);
            let values = attributes.iter().flat_map(|attribute| {
                let carrier = Carrier::SamlAttribute(attribute.name.clone());
                attribute.values.iter().map(move |value| Signal::new(value, carrier.clone()))
            });
            std::iter::once(class_ref).chain(values).chain(all(Carrier::Unsigned)).collect()
        }
        IdpProtocol::Oidc => all(Carrier::IdTokenAmr)
            .chain(all(Carrier::IdTokenAmrText))
            .chain(first(Carrier::IdTokenAcr))
            .chain(signals.iter().filter(|signal| matches!(signal.carrier, Carrier::IdTokenClaim(_))).cloned())
            .chain(all(Carrier::UserInfo))
            .chain(all(Carrier::AccessToken))
            .chain(all(Carrier::Unsigned))
            .collect(),
    })
}

/// The `AuthnContextClassRef` among these signals.
pub(super) fn class_ref_of(signals: &[Signal]) -> Option<String> {
    signals.iter().find(|signal| signal.carrier == Carrier::AuthnContextClassRef).map(|signal| signal.value.clone())
}

/// The attributes among these signals, one per `Name` with all its values, in the order of their first value.
pub(super) fn attributes_of(signals: &[Signal]) -> Vec<Attribute> {
    let (mut attributes, mut places): (Vec<Attribute>, HashMap<&str, usize>) = (Vec::new(), HashMap::new());
    for signal in signals {
        let Carrier::SamlAttribute(name) = &signal.carrier else { continue };
        let place = *places.entry(name.as_str()).or_insert(attributes.len());
        match attributes.get_mut(place) {
            Some(attribute) => attribute.values.push(signal.value.clone()),
            None => attributes.push(Attribute {
                name: name.clone(),
                name_format: Some(name_format(name).to_owned()),
                values: vec![signal.value.clone()],
                elements: Vec::new(),
            }),
        }
    }
    attributes
}

/// The values that this carrier carries.
pub(super) fn values_in(signals: &[Signal], carrier: &Carrier) -> Vec<String> {
    signals.iter().filter(|signal| signal.carrier == *carrier).map(|signal| signal.value.clone()).collect()
}

/// The claims of misplaced signals: `amr` as an array, in a UserInfo response or an access token, where the org ignores
/// it.
pub(super) fn misplaced_claims(signals: &[Signal], carrier: &Carrier) -> Map<String, Value> {
    let values = values_in(signals, carrier);
    if values.is_empty() { Map::new() } else { Map::from_iter([("amr".to_owned(), Value::from(values))]) }
}

/// The attribute that a part without a signature carries, if any signal is there.
pub(super) fn unsigned_attribute(signals: &[Signal]) -> Option<Attribute> {
    let values = values_in(signals, &Carrier::Unsigned);
    let name_format = Some(attribute_format::UNSPECIFIED.to_owned());
    (!values.is_empty()).then(|| Attribute { name: "amr".to_owned(), name_format, values, elements: Vec::new() })
}

/// The claims of signals that are in another claim than `amr`: an array for each.
pub(super) fn other_claims(signals: &[Signal]) -> Map<String, Value> {
    let mut claims: Map<String, Value> = Map::new();
    for signal in signals {
        let Carrier::IdTokenClaim(name) = &signal.carrier else { continue };
        let claim = claims.entry(name.clone()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(values) = claim {
            values.push(Value::from(signal.value.clone()));
        }
    }
    claims
}

/// The format of an attribute's name.
pub(super) fn name_format(name: &str) -> &'static str {
    if name.contains(':') { attribute_format::URI } else { attribute_format::UNSPECIFIED }
}
