//! The realms behind one listener, found by the `Host` header.

use std::sync::Arc;

use parking_lot::RwLock;

use super::hosts::HostRole;
use super::record::Realm;

/// The realms behind one listener. The first one is the default: `login.` and `test.` hosts belong to it.
#[derive(Debug, Default)]
pub struct Registry {
    realms: RwLock<Vec<Arc<Realm>>>,
}

/// Why a realm was not added.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// Two realms claim one host.
    #[error("serve two realms on one listener: both claim the host `{host}`")]
    HostTaken {
        /// The host.
        host: String,
    },
}

impl Registry {
    /// Adds a realm.
    ///
    /// # Errors
    ///
    /// When one of its hosts, the shared login hosts aside, belongs to another realm already.
    pub fn add(&self, realm: Arc<Realm>) -> Result<(), RegistryError> {
        let mut realms = self.realms.write();
        for host in realm.hosts.all() {
            let taken = realms.iter().any(|other| !matches!(other.hosts.role(&host), None | Some(HostRole::Login)));
            if taken {
                return Err(RegistryError::HostTaken { host });
            }
        }
        realms.push(realm);
        Ok(())
    }

    /// The realm and role of a `Host` header.
    pub fn find(&self, host: &str) -> Option<(Arc<Realm>, HostRole)> {
        let realms = self.realms.read();
        realms.iter().find_map(|realm| realm.hosts.role(host).map(|role| (Arc::clone(realm), role)))
    }

    /// Every realm.
    pub fn all(&self) -> Vec<Arc<Realm>> {
        self.realms.read().clone()
    }
}
