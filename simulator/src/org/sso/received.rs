//! Keeps what an identity provider sent, before it is verified, so that people can see what was in it.

use super::decryption;
use crate::oidc;
use crate::realm::{FoundSignal, MessageKind, Realm, ReceivedMessage, SsoTrust};
use crate::saml;
use vestibule_model::{Carrier, Signal};

/// Keeps a `Response`. `trust` is that with the provider that it claims to come from, if one is known by that name. What is
/// encrypted is shown decrypted, if the org has the key.
pub(super) fn response(realm: &Realm, trust: Option<&SsoTrust>, message: &str) {
    let keys = trust.map(|trust| decryption::keys(realm, trust)).unwrap_or_default();
    let (readable, parts) = (saml::readable_decrypted(message, &keys), saml::parts(message, &keys));
    realm.messages.record(ReceivedMessage {
        after: realm.clock.age(),
        journal_from: realm.journal.length(),
        kind: MessageKind::SamlResponse,
        idp: trust.map(|trust| trust.idp.clone()),
        text: readable.xml,
        signals: telling(realm, readable.signals),
        signed: readable.signed,
        found: parts.signals.into_iter().map(|(signal, signed)| FoundSignal { signal, signed }).collect(),
    });
}

/// Keeps an ID token.
pub(super) fn id_token(realm: &Realm, idp: &str, token: &str) {
    let readable = oidc::readable(token);
    let found = oidc::parts_of_token(token).signals.into_iter();
    let kind = MessageKind::IdToken;
    realm.messages.record(ReceivedMessage {
        after: realm.clock.age(),
        journal_from: realm.journal.length(),
        kind,
        idp: Some(idp.to_owned()),
        text: readable.json,
        signals: telling(realm, readable.signals),
        signed: if readable.signed { vec![kind.name().to_owned()] } else { Vec::new() },
        found: found.map(|signal| FoundSignal { signal, signed: readable.signed }).collect(),
    });
}

/// The values that say how the user signed in. An attribute counts if the rulebook reads it, or if the rulebook knows
/// its value: then it is a signal in the wrong place.
fn telling(realm: &Realm, signals: Vec<Signal>) -> Vec<String> {
    let read = &realm.rulebook.document().carriers.saml_attributes.value;
    let tells = |signal: &Signal| match &signal.carrier {
        Carrier::SamlAttribute(name) => read.contains(name) || realm.rulebook.signal_tier(&signal.value).is_some(),
        _ => true,
    };
    let mut values: Vec<_> = signals.into_iter().filter(tells).map(|signal| signal.value).collect();
    values.dedup();
    values
}
