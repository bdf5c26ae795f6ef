//! The host names of a realm and what each of them serves.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use url::Url;
use vestibule_model::{HostNaming, HostRole, IdpProduct, OrgKind, RealmSpec};

/// The hosts of one realm behind one listener.
#[derive(Debug, Clone)]
pub struct Hosts {
    naming: HostNaming,
    port: u16,
    /// Whether the hosts of the org are served, and not those of the identity providers alone.
    serves_org: bool,
    my_domain: String,
    lightning: String,
    setup: String,
    login: [String; 2],
    /// Key and host of each identity provider.
    idps: Vec<(String, String)>,
    /// Key and host of each product beside the org.
    products: Vec<(String, String)>,
    /// Those that others reach under another name.
    public: Vec<PublicName>,
    scheme: &'static str,
    /// The origins of [`OF_THE_ORG`], in that order.
    bases: [Option<Url>; 3],
}

/// The hosts at which pages of an org are.
const OF_THE_ORG: [HostRole; 3] = [HostRole::MyDomain, HostRole::Lightning, HostRole::Setup];

/// The name under which others reach an identity provider.
#[derive(Debug, Clone)]
struct PublicName {
    idp: String,
    host: String,
    origin: String,
}

impl Hosts {
    /// The hosts of a realm on this port.
    ///
    /// Source: contract K1.7.
    pub(crate) fn new(spec: &RealmSpec, port: u16) -> Self {
        let (naming, my_domain) = (spec.naming, spec.org.my_domain());
        let top = match naming {
            HostNaming::Localhost => "localhost",
            HostNaming::Real => "com",
        };
        let partition = match spec.org.host_kind.unwrap_or(spec.org.kind) {
            OrgKind::Sandbox => ".sandbox",
            OrgKind::Scratch => ".scratch",
            OrgKind::DeveloperEdition | OrgKind::PartnerDeveloperEdition => ".develop",
            OrgKind::TrailheadPlayground => ".trailblaze",
            OrgKind::Production | OrgKind::Trial | OrgKind::ConvertedTrial => "",
        };
        let login = if partition.is_empty() { ["login", "test"] } else { ["test", "login"] };
        let mut hosts = Self {
            naming,
            port,
            serves_org: spec.serves_org,
            my_domain: format!("{my_domain}{partition}.my.salesforce.{top}"),
            lightning: format!("{my_domain}{partition}.lightning.force.{top}"),
            setup: format!("{my_domain}{partition}.my.salesforce-setup.{top}"),
            login: login.map(|label| format!("{label}.salesforce.{top}")),
            idps: idp_hosts(spec),
            products: spec.products.keys().map(|key| (key.clone(), own_host(key, spec))).collect(),
            public: public_names(spec),
            scheme: if spec.plain_http { "http" } else { "https" },
            bases: [None, None, None],
        };
        hosts.bases = OF_THE_ORG.map(|role| Url::parse(&hosts.origin(&role)).ok());
        hosts
    }

    /// The role of a `Host` header, without its port; `None` for a host that is not of this realm.
    pub(crate) fn role(&self, host: &str) -> Option<HostRole> {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
        let of_org = || match name.as_str() {
            _ if !self.serves_org => None,
            name if name == self.my_domain => Some(HostRole::MyDomain),
            name if name == self.lightning => Some(HostRole::Lightning),
            name if name == self.setup => Some(HostRole::Setup),
            name => self.login.iter().any(|login| login == name).then_some(HostRole::Login),
        };
        let of_idp = || self.idps.iter().find(|(_, host)| *host == name).map(|(key, _)| HostRole::Idp(key.clone()));
        let public = || self.public.iter().find(|one| one.host == name).map(|one| HostRole::Idp(one.idp.clone()));
        let product = || {
            let (key, _) = self.products.iter().find(|(_, host)| *host == name)?;
            Some(HostRole::Product(key.clone()))
        };
        of_org().or_else(of_idp).or_else(product).or_else(public)
    }

    /// Whether the hosts of the org are served.
    pub(crate) fn serves_org(&self) -> bool {
        self.serves_org
    }

    /// The role of an `Origin` header: of a page that this listener serves.
    pub(crate) fn role_of_origin(&self, origin: &str) -> Option<HostRole> {
        if let Some(public) = self.public.iter().find(|one| one.origin == origin) {
            return Some(HostRole::Idp(public.idp.clone()));
        }
        let url = Url::parse(origin).ok()?;
        let port = match self.naming {
            HostNaming::Localhost => self.port,
            HostNaming::Real => HTTPS_PORT,
        };
        let ours = url.scheme() == self.scheme && url.port_or_known_default() == Some(port);
        self.role(url.host_str().filter(|_| ours)?)
    }

    /// The bare host name of a role: `acme.my.salesforce.localhost`.
    pub fn name(&self, role: &HostRole) -> String {
        match role {
            HostRole::MyDomain => self.my_domain.clone(),
            HostRole::Lightning => self.lightning.clone(),
            HostRole::Setup => self.setup.clone(),
            HostRole::Login => self.login[0].clone(),
            HostRole::Idp(key) => of_key(&self.idps, key),
            HostRole::Product(key) => of_key(&self.products, key),
        }
    }

    /// The origin of a role: `https://acme.my.salesforce.localhost:8443`, or `https://acme.my.salesforce.com`.
    pub fn origin(&self, role: &HostRole) -> String {
        let is_its = |one: &&PublicName| matches!(role, HostRole::Idp(key) if *key == one.idp);
        if let Some(public) = self.public.iter().find(is_its) {
            return public.origin.clone();
        }
        match self.naming {
            HostNaming::Localhost => format!("{}://{}:{}", self.scheme, self.name(role), self.port),
            HostNaming::Real => format!("{}://{}", self.scheme, self.name(role)),
        }
    }

    /// The origin of a role as a URL; `None` if no pages of an org are at its host, or if it is no URL.
    pub(crate) fn base(&self, role: &HostRole) -> Option<&Url> {
        let (_, base) = OF_THE_ORG.iter().zip(&self.bases).find(|(of_the_org, _)| *of_the_org == role)?;
        base.as_ref()
    }

    /// The host of the org at which a URL is.
    pub(crate) fn role_of_url(&self, url: &Url) -> Option<HostRole> {
        let is_there = |base: &Url| {
            let port = || base.port_or_known_default() == url.port_or_known_default();
            base.scheme() == url.scheme() && base.host() == url.host() && port()
        };
        let (role, _) =
            OF_THE_ORG.into_iter().zip(&self.bases).find(|(_, base)| base.as_ref().is_some_and(is_there))?;
        Some(role)
    }

    /// An absolute URL: the role's origin and this path, which starts with `/`.
    pub fn url(&self, role: &HostRole, path: &str) -> String {
        format!("{}{path}", self.origin(role))
    }

    /// Every bare host name of the realm. They include the shared login host of the other kind of org: a suite that
    /// opens `login.` instead of `test.` reaches this realm and not the vendor.
    pub fn all(&self) -> Vec<String> {
        let org = [&self.my_domain, &self.lightning, &self.setup].into_iter().chain(&self.login).cloned();
        let org = org.filter(|_| self.serves_org);
        let others = self.idps.iter().chain(&self.products).map(|(_, host)| host);
        // An identity provider may be reached under its own host, and several behind one proxy under the same name.
        let public: BTreeSet<&String> = self.public.iter().map(|one| &one.host).collect();
        let public = public.into_iter().filter(|host| self.idps.iter().all(|(_, own)| own != *host));
        org.chain(others.chain(public).cloned()).collect()
    }

    /// The port of the listener. Under the real names no URL contains it.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The value of Chromium's `--host-resolver-rules` that leads to this realm: one
    /// `MAP acme.my.salesforce.com 127.0.0.1:8443` for each host, separated by commas. A mapped port replaces the one of
    /// the URL.
    pub fn resolver_rules(&self) -> String {
        resolver_rules(&self.all(), ([127, 0, 0, 1], self.port).into())
    }
}

/// Key and host of each identity provider that is simulated: `<key>.localhost`, with the My Domain name if the
/// specification says so, or under the real names the host of its product, which the first of a product has.
///
/// Source: contract K1.10, K1.11.
fn idp_hosts(spec: &RealmSpec) -> Vec<(String, String)> {
    let mut hosts: Vec<(String, String)> = Vec::new();
    for (key, idp) in spec.idps.iter().filter(|(_, idp)| !idp.is_foreign()) {
        let real = idp.product().filter(|_| spec.naming == HostNaming::Real).map(|product| match product {
            IdpProduct::Entra => "login.microsoftonline.com".to_owned(),
            IdpProduct::Okta => format!("{}.okta.com", spec.org.my_domain().split("--").next().unwrap_or_default()),
        });
        let free = real.filter(|real| hosts.iter().all(|(_, taken)| taken != real));
        hosts.push((key.clone(), free.unwrap_or_else(|| own_host(key, spec))));
    }
    hosts
}

/// The host of an identity provider or a product that has no real one: its key, with the My Domain name of the org if the
/// specification says so.
fn own_host(key: &str, spec: &RealmSpec) -> String {
    let of_org = if spec.idp_hosts_of_org { format!(".{}", spec.org.my_domain()) } else { String::new() };
    format!("{key}{of_org}.localhost")
}

/// The host of this key; that which it would have, if there is none.
fn of_key(hosts: &[(String, String)], key: &str) -> String {
    let own = hosts.iter().find(|(known, _)| known == key);
    own.map_or_else(|| format!("{key}.localhost"), |(_, host)| host.clone())
}

fn public_names(spec: &RealmSpec) -> Vec<PublicName> {
    let named = spec.idps.iter().filter_map(|(key, idp)| Some((key, idp.public_url.as_ref()?)));
    named.map(|(key, url)| PublicName { idp: key.clone(), host: url.host(), origin: url.origin() }).collect()
}

/// The rules that map these bare host names to a listener, for Chromium's `--host-resolver-rules`.
pub fn resolver_rules(hosts: &[String], listener: SocketAddr) -> String {
    hosts.iter().map(|host| format!("MAP {host} {listener}")).collect::<Vec<_>>().join(",")
}

const HTTPS_PORT: u16 = 443;
