//! What the handlers share.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::console::Console;
use super::error::ControlError;
use crate::policy::Rulebook;
use crate::realm::{ForeignIdp, Realm, RealmSpec, User};

/// The realms behind a listener.
pub(crate) trait Realms: fmt::Debug + Send + Sync {
    /// Every realm, the default one first.
    fn all(&self) -> Vec<Arc<Realm>>;

    /// Opens one more realm. `foreign` holds, by key, each identity provider that is not simulated.
    fn open(
        &self,
        spec: RealmSpec,
        rulebook: Arc<Rulebook>,
        foreign: BTreeMap<String, ForeignIdp>,
    ) -> Result<Arc<Realm>, HostTaken>;

    /// Puts a new realm of the same specification and rules in the place of one that was opened here. `None` if there is no
    /// such realm.
    fn reset(&self, realm: &Arc<Realm>) -> Option<Arc<Realm>>;

    /// Ends a realm that was opened here. Returns whether there was such a realm.
    fn close(&self, realm: &Arc<Realm>) -> bool;
}

/// Two realms claim one host.
#[derive(Debug)]
pub(crate) struct HostTaken {
    /// The host.
    pub(crate) host: String,
}

/// What the handlers share.
#[derive(Debug)]
pub(super) struct Control {
    pub(super) realms: Arc<dyn Realms>,
    pub(super) console: Option<Arc<dyn Console>>,
}

impl Control {
    /// The realm with this My Domain name.
    pub(super) fn realm(&self, name: &str) -> Result<Arc<Realm>, ControlError> {
        let found = self.realms.all().into_iter().find(|realm| realm.spec.org.my_domain() == name);
        found.ok_or_else(|| ControlError::not_found(format!("there is no realm `{name}`")))
    }

    /// A part of a name that no realm has yet, drawn by the default realm.
    pub(super) fn drawn(&self) -> Result<String, ControlError> {
        let realms = self.realms.all();
        let first = realms.first().ok_or_else(|| ControlError::not_found("there is no realm"))?;
        Ok(first.entropy.alphanumeric(8).to_ascii_lowercase())
    }

    /// Prepares the users of a realm that was just opened; closes it if that fails.
    pub(super) fn prepared(&self, realm: Arc<Realm>) -> Result<Arc<Realm>, ControlError> {
        if let Some(Err(why)) = self.console.as_ref().map(|console| console.prepare(&realm)) {
            self.realms.close(&realm);
            return Err(ControlError::conflict(why));
        }
        Ok(realm)
    }

    /// What a virtual authenticator holds for a user.
    pub(super) fn passkeys(&self, realm: &Realm, user: &str) -> Vec<Value> {
        self.console.as_ref().map(|console| console.passkeys(realm, user)).unwrap_or_default()
    }
}

/// The user with this key.
pub(super) fn user(realm: &Realm, key: &str) -> Result<User, ControlError> {
    realm.users.get(key).ok_or_else(|| ControlError::not_found(format!("there is no user `{key}`")))
}
