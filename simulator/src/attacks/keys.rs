//! The keys that the cases sign with.

use std::sync::Arc;

use serde_json::Value;
use vestibule_certs::{CertError, CertStore, KeyAlgorithm, KeyState, SigningKey, jwk_set};
use vestibule_model::IdpSpec;

/// The keys of one identity provider, and that of a stranger.
#[derive(Clone)]
pub(crate) struct Keys {
    /// The key that signs: usually the one that the other parties know.
    pub(crate) own: Arc<SigningKey>,
    /// Its successor.
    pub(crate) rolled_over: Arc<SigningKey>,
    /// A key whose certificate has expired.
    pub(crate) expired: Arc<SigningKey>,
    /// The key of a stranger.
    pub(crate) foreign: Arc<SigningKey>,
}

impl Keys {
    /// The keys of an identity provider.
    ///
    /// # Errors
    ///
    /// If the store cannot make or read them.
    pub(crate) fn held_by(certs: &CertStore, idp: &IdpSpec) -> Result<Self, CertError> {
        Self::read(certs, idp.algorithm, idp.key_state)
    }

    /// The keys of an algorithm. `state` is that of the key that signs.
    ///
    /// # Errors
    ///
    /// If the store cannot make or read them.
    pub(crate) fn read(certs: &CertStore, algorithm: KeyAlgorithm, state: KeyState) -> Result<Self, CertError> {
        Ok(Self {
            own: certs.signing_key(algorithm, state)?,
            rolled_over: certs.signing_key(algorithm, KeyState::RolledOver)?,
            expired: certs.signing_key(algorithm, KeyState::Expired)?,
            foreign: certs.signing_key(algorithm, KeyState::Foreign)?,
        })
    }
}

/// The public key as a JWK.
pub(super) fn jwk(key: &SigningKey) -> Value {
    let set = serde_json::to_value(jwk_set([key])).unwrap_or_default();
    set["keys"][0].clone()
}
