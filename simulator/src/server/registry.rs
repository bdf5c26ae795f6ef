//! The realms behind one listener, and the routers that answer for them. A request finds its realm by its host, however
//! many realms there are.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::Router;
use parking_lot::RwLock;

use super::error::ServeError;
use crate::control::Realms;
use crate::realm::{HostRole, Realm};
use crate::{idp, org};

/// The realms behind one listener. The first one is the default: the shared `login.` and `test.` hosts belong to it.
#[derive(Debug, Default)]
pub(super) struct Registry {
    sites: RwLock<Sites>,
}

#[derive(Debug, Default)]
struct Sites {
    in_order: Vec<Arc<Site>>,
    /// By bare host name.
    by_host: HashMap<String, Arc<Site>>,
}

/// A realm with its routers.
#[derive(Debug)]
pub(super) struct Site {
    /// The realm.
    pub(super) realm: Arc<Realm>,
    org: Router,
    idps: BTreeMap<String, Router>,
}

impl Registry {
    /// The registry of these realms.
    pub(super) fn new(realms: Vec<Arc<Realm>>) -> Result<Self, ServeError> {
        let registry = Self::default();
        realms.into_iter().try_for_each(|realm| registry.add(realm))?;
        Ok(registry)
    }

    /// Serves one more realm.
    pub(super) fn add(&self, realm: Arc<Realm>) -> Result<(), ServeError> {
        let site = Arc::new(Site::new(realm));
        self.sites.write().add(&site)
    }

    /// Who answers a `Host` header.
    pub(super) fn find(&self, host: &str) -> Option<(Arc<Site>, Router, HostRole)> {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
        let site = Arc::clone(self.sites.read().by_host.get(&name)?);
        let role = site.realm.hosts.role(&name)?;
        let router = match &role {
            HostRole::Idp(key) => site.idps.get(key)?,
            _ => &site.org,
        };
        let router = router.clone();
        Some((site, router, role))
    }
}

impl Realms for Registry {
    fn all(&self) -> Vec<Arc<Realm>> {
        self.sites.read().in_order.iter().map(|site| Arc::clone(&site.realm)).collect()
    }
}

impl Sites {
    fn add(&mut self, site: &Arc<Site>) -> Result<(), ServeError> {
        let is_shared = |host: &String| site.realm.hosts.role(host) == Some(HostRole::Login);
        let (shared, own): (Vec<String>, Vec<String>) = site.realm.hosts.all().into_iter().partition(is_shared);
        if let Some(host) = own.iter().find(|host| self.by_host.contains_key(*host)) {
            return Err(ServeError::HostTaken { host: host.clone() });
        }
        for host in own {
            self.by_host.insert(host, Arc::clone(site));
        }
        for host in shared {
            self.by_host.entry(host).or_insert_with(|| Arc::clone(site));
        }
        self.in_order.push(Arc::clone(site));
        Ok(())
    }
}

impl Site {
    fn new(realm: Arc<Realm>) -> Self {
        let idp = |key: &String| (key.clone(), idp::router(Arc::clone(&realm), key.clone()));
        let simulated = realm.spec.idps.iter().filter(|(_, spec)| !spec.is_foreign()).map(|(key, _)| key);
        Self { org: org::router(Arc::clone(&realm)), idps: simulated.map(idp).collect(), realm }
    }
}
