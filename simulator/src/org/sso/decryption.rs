//! The org's keys that decrypt assertions: its setting "Assertion Decryption Certificate".

use std::sync::Arc;

use openssl::pkey::{PKey, Private};
use vestibule_certs::{CertError, KeyState, SigningKey};

use crate::realm::{Realm, SsoTrust};

/// The keys that decrypt; while they roll over, the new one and the old one. May block: a key may have to be made.
pub(super) fn keys(realm: &Realm, trust: &SsoTrust) -> Vec<PKey<Private>> {
    let states: &[KeyState] = match trust.spec.assertion_decryption_certificate {
        None => &[],
        Some(KeyState::RolledOver) => &[KeyState::RolledOver, KeyState::Valid],
        Some(KeyState::Valid) => &[KeyState::Valid],
        Some(KeyState::Expired) => &[KeyState::Expired],
        Some(KeyState::Foreign) => &[KeyState::Foreign],
    };
    // Without the key, the assertion cannot be decrypted, and the refusal says so.
    states.iter().filter_map(|state| realm.certs.decryption_key(*state).ok()).map(|key| key.pkey().clone()).collect()
}

/// The key whose certificate the org publishes: identity providers encrypt for it.
pub(super) fn published(realm: &Realm, trust: &SsoTrust) -> Result<Option<Arc<SigningKey>>, CertError> {
    let state = trust.spec.assertion_decryption_certificate;
    state.map(|state| realm.certs.decryption_key(state.on_file())).transpose()
}
