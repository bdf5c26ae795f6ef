//! The realms behind one listener, and the routers that answer for them. A request finds its realm by its host, however
//! many realms there are.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use parking_lot::RwLock;
use tower::ServiceExt as _;
use vestibule_certs::CertStore;

use super::error::ServeError;
use crate::control::{HostTaken, Realms};
use crate::org::Org;
use crate::policy::Rulebook;
use crate::realm::{ForeignIdp, HostRole, Realm, RealmSpec};
use crate::{idp, org, products};

/// The realms behind one listener. The first one is the default: the shared `login.` and `test.` hosts belong to it.
#[derive(Debug)]
pub(super) struct Registry {
    sites: RwLock<Sites>,
    certs: Arc<CertStore>,
    port: u16,
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
    /// Whether the program that started the listener holds the realm too.
    lasting: bool,
    org: Arc<Org>,
    /// By key, each made at its first request.
    idps: BTreeMap<String, OnceLock<Router>>,
    products: BTreeMap<String, OnceLock<Router>>,
}

impl Registry {
    /// The registry of these realms, which last as long as the listener on this port does.
    pub(super) fn new(realms: Vec<Arc<Realm>>, certs: Arc<CertStore>, port: u16) -> Result<Self, ServeError> {
        let mut sites = Sites::default();
        for realm in realms {
            sites
                .add(&Arc::new(Site::new(realm, true)))
                .map_err(|HostTaken { host }| ServeError::HostTaken { host })?;
        }
        Ok(Self { sites: RwLock::new(sites), certs, port })
    }

    fn start(&self, spec: RealmSpec, rulebook: Arc<Rulebook>, foreign: BTreeMap<String, ForeignIdp>) -> Arc<Site> {
        Arc::new(Site::new(Realm::start(spec, rulebook, Arc::clone(&self.certs), self.port, foreign), false))
    }

    /// Who answers this path under a `Host` header.
    pub(super) fn find(&self, host: &str, path: &str) -> Option<(Arc<Site>, HostRole)> {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
        let site = self.sites.read().at(&name, path)?;
        let role = site.realm.hosts.role(&name).filter(|role| site.serves(role))?;
        Some((site, role))
    }
}

impl Realms for Registry {
    fn all(&self) -> Vec<Arc<Realm>> {
        self.sites.read().in_order.iter().map(|site| Arc::clone(&site.realm)).collect()
    }

    fn open(
        &self,
        spec: RealmSpec,
        rulebook: Arc<Rulebook>,
        foreign: BTreeMap<String, ForeignIdp>,
    ) -> Result<Arc<Realm>, HostTaken> {
        let site = self.start(spec, rulebook, foreign);
        self.sites.write().add(&site)?;
        Ok(Arc::clone(&site.realm))
    }

    fn reset(&self, realm: &Arc<Realm>) -> Option<Arc<Realm>> {
        let site = self.start(realm.spec.clone(), Arc::clone(&realm.rulebook), realm.foreign_idps());
        let mut sites = self.sites.write();
        // Both have the same hosts, so that those of the new one are free.
        let place = sites.take(realm)?;
        sites.add(&site).ok()?;
        sites.in_order.pop();
        sites.in_order.insert(place, Arc::clone(&site));
        Some(Arc::clone(&site.realm))
    }

    fn close(&self, realm: &Arc<Realm>) -> bool {
        self.sites.write().take(realm).is_some()
    }
}

impl Sites {
    /// The site of a host. At the shared login host, a callback is for the organization that it names.
    fn at(&self, host: &str, path: &str) -> Option<Arc<Site>> {
        let of_host = self.by_host.get(host)?;
        let named = org::paths::organization_of(path).and_then(|id| {
            let mut sites = self.in_order.iter();
            sites.find(|site| site.realm.has_org_id(id) && site.realm.hosts.role(host) == Some(HostRole::Login))
        });
        Some(Arc::clone(named.unwrap_or(of_host)))
    }

    /// Removes the site of a realm that does not last, and returns its place. Who still waits for the realm is told.
    fn take(&mut self, realm: &Arc<Realm>) -> Option<usize> {
        let is_meant = |site: &Arc<Site>| !site.lasting && Arc::ptr_eq(&site.realm, realm);
        let place = self.in_order.iter().position(is_meant)?;
        let ended = self.in_order.remove(place);
        self.by_host.retain(|_, site| !is_meant(site));
        ended.realm.journal.end();
        Some(place)
    }

    fn add(&mut self, site: &Arc<Site>) -> Result<(), HostTaken> {
        let is_shared = |host: &String| site.realm.hosts.role(host) == Some(HostRole::Login);
        let (shared, own): (Vec<String>, Vec<String>) = site.realm.hosts.all().into_iter().partition(is_shared);
        // An identity provider and a product of one realm may have the same key.
        let mut seen = BTreeSet::new();
        if let Some(host) = own.iter().find(|host| self.by_host.contains_key(*host) || !seen.insert(*host)) {
            return Err(HostTaken { host: host.clone() });
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
    fn new(realm: Arc<Realm>, lasting: bool) -> Self {
        let not_made = |key: &String| (key.clone(), OnceLock::new());
        let simulated = realm.spec.idps.iter().filter(|(_, spec)| !spec.is_foreign()).map(|(key, _)| key);
        let idps = simulated.map(not_made).collect();
        let products = realm.spec.products.keys().map(not_made).collect();
        Self { org: org::start(Arc::clone(&realm)), idps, products, lasting, realm }
    }

    fn serves(&self, role: &HostRole) -> bool {
        match role {
            HostRole::Idp(key) => self.idps.contains_key(key),
            HostRole::Product(key) => self.products.contains_key(key),
            HostRole::MyDomain | HostRole::Lightning | HostRole::Setup | HostRole::Login => true,
        }
    }

    /// Answers a request to the host of this role.
    pub(super) async fn answer(&self, role: &HostRole, request: Request) -> Response {
        let realm = || Arc::clone(&self.realm);
        let router = match role {
            HostRole::Idp(key) => self.idps.get(key).map(|made| made.get_or_init(|| idp::router(realm(), key.clone()))),
            HostRole::Product(key) => {
                self.products.get(key).map(|made| made.get_or_init(|| products::router(realm(), key.clone())))
            }
            HostRole::MyDomain | HostRole::Lightning | HostRole::Setup | HostRole::Login => {
                return org::answer(&self.org, request).await;
            }
        };
        router.cloned().unwrap_or_default().oneshot(request).await.into_response()
    }
}
