//! What the handlers share.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::console::Console;
use super::error::ControlError;
use crate::realm::{Realm, User};

/// The realms behind a listener.
pub(crate) trait Realms: fmt::Debug + Send + Sync {
    /// Every realm, the default one first.
    fn all(&self) -> Vec<Arc<Realm>>;
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

    /// What a virtual authenticator holds for a user.
    pub(super) fn passkeys(&self, realm: &Realm, user: &str) -> Vec<Value> {
        self.console.as_ref().map(|console| console.passkeys(realm, user)).unwrap_or_default()
    }
}

/// The user with this key.
pub(super) fn user(realm: &Realm, key: &str) -> Result<User, ControlError> {
    realm.users.get(key).ok_or_else(|| ControlError::not_found(format!("there is no user `{key}`")))
}
