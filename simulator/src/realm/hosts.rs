//! The host names of a realm and what each of them serves.

use std::net::SocketAddr;

use url::Url;
use vestibule_model::{HostNaming, HostRole, OrgKind};

/// The hosts of one realm behind one listener.
#[derive(Debug, Clone)]
pub struct Hosts {
    naming: HostNaming,
    port: u16,
    my_domain: String,
    lightning: String,
    setup: String,
    login: [String; 2],
    idps: Vec<String>,
}

impl Hosts {
    /// The hosts of an org of this kind with this My Domain name and these identity providers. An identity provider is
    /// `<key>.localhost` under either naming, because it is not the vendor's.
    ///
    /// Source: contract K1.7.
    pub(crate) fn new(
        naming: HostNaming,
        kind: OrgKind,
        my_domain: &str,
        idps: impl IntoIterator<Item = String>,
        port: u16,
    ) -> Self {
        let top = match naming {
            HostNaming::Localhost => "localhost",
            HostNaming::Real => "com",
        };
        let partition = match kind {
            OrgKind::Sandbox => ".sandbox",
            OrgKind::Scratch => ".scratch",
            OrgKind::DeveloperEdition | OrgKind::PartnerDeveloperEdition => ".develop",
            OrgKind::TrailheadPlayground => ".trailblaze",
            OrgKind::Production | OrgKind::Trial | OrgKind::ConvertedTrial => "",
        };
        let login = if partition.is_empty() { ["login", "test"] } else { ["test", "login"] };
        Self {
            naming,
            port,
            my_domain: format!("{my_domain}{partition}.my.salesforce.{top}"),
            lightning: format!("{my_domain}{partition}.lightning.force.{top}"),
            setup: format!("{my_domain}{partition}.my.salesforce-setup.{top}"),
            login: login.map(|label| format!("{label}.salesforce.{top}")),
            idps: idps.into_iter().collect(),
        }
    }

    /// The role of a `Host` header, without its port; `None` for a host that is not of this realm.
    pub(crate) fn role(&self, host: &str) -> Option<HostRole> {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
        if name == self.my_domain {
            Some(HostRole::MyDomain)
        } else if name == self.lightning {
            Some(HostRole::Lightning)
        } else if name == self.setup {
            Some(HostRole::Setup)
        } else if self.login.contains(&name) {
            Some(HostRole::Login)
        } else {
            let idp = name.strip_suffix(".localhost")?;
            self.idps.iter().find(|key| *key == idp).map(|key| HostRole::Idp(key.clone()))
        }
    }

    /// The role of an `Origin` header: of a page that this listener serves.
    pub(crate) fn role_of_origin(&self, origin: &str) -> Option<HostRole> {
        let url = Url::parse(origin).ok()?;
        let port = match self.naming {
            HostNaming::Localhost => self.port,
            HostNaming::Real => HTTPS_PORT,
        };
        let ours = url.scheme() == "https" && url.port_or_known_default() == Some(port);
        self.role(url.host_str().filter(|_| ours)?)
    }

    /// The bare host name of a role: `acme.my.salesforce.localhost`.
    pub fn name(&self, role: &HostRole) -> String {
        match role {
            HostRole::MyDomain => self.my_domain.clone(),
            HostRole::Lightning => self.lightning.clone(),
            HostRole::Setup => self.setup.clone(),
            HostRole::Login => self.login[0].clone(),
            HostRole::Idp(key) => format!("{key}.localhost"),
        }
    }

    /// The origin of a role: `https://acme.my.salesforce.localhost:8443`, or `https://acme.my.salesforce.com`.
    pub fn origin(&self, role: &HostRole) -> String {
        match self.naming {
            HostNaming::Localhost => format!("https://{}:{}", self.name(role), self.port),
            HostNaming::Real => format!("https://{}", self.name(role)),
        }
    }

    /// An absolute URL: the role's origin and this path, which starts with `/`.
    pub fn url(&self, role: &HostRole, path: &str) -> String {
        format!("{}{path}", self.origin(role))
    }

    /// Every bare host name of the realm. They include the shared login host of the other kind of org: a suite that
    /// opens `login.` instead of `test.` reaches this realm and not the vendor.
    pub fn all(&self) -> Vec<String> {
        let org = [&self.my_domain, &self.lightning, &self.setup].into_iter().chain(&self.login).cloned();
        org.chain(self.idps.iter().map(|key| format!("{key}.localhost"))).collect()
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

/// The rules that map these bare host names to a listener, for Chromium's `--host-resolver-rules`.
pub fn resolver_rules(hosts: &[String], listener: SocketAddr) -> String {
    hosts.iter().map(|host| format!("MAP {host} {listener}")).collect::<Vec<_>>().join(",")
}

const HTTPS_PORT: u16 = 443;
