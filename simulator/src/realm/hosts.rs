//! The host names of a realm and what each of them serves.

use serde::Serialize;

use crate::policy::terms::OrgKind;

/// What a host name serves.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostRole {
    /// The My Domain host: login page, ACS, OAuth, REST.
    MyDomain,
    /// The Lightning host.
    Lightning,
    /// The Setup host.
    Setup,
    /// The shared login host (`login.` or `test.`).
    Login,
    /// An identity provider, by its key.
    Idp(String),
}

/// The hosts of one realm behind one listener.
#[derive(Debug, Clone)]
pub struct Hosts {
    port: u16,
    my_domain: String,
    lightning: String,
    setup: String,
    login: &'static str,
    idps: Vec<String>,
}

impl Hosts {
    /// The hosts of an org of this kind with this My Domain name and these identity providers.
    ///
    /// Source: design of My Domain host names by kind (facts K, design 4), under `.localhost` instead of `.com`.
    pub fn new(kind: OrgKind, my_domain: &str, idps: impl IntoIterator<Item = String>, port: u16) -> Self {
        let partition = match kind {
            OrgKind::Sandbox => ".sandbox",
            OrgKind::Scratch => ".scratch",
            OrgKind::DeveloperEdition => ".develop",
            OrgKind::Production | OrgKind::Trial | OrgKind::ConvertedTrial => "",
        };
        Self {
            port,
            my_domain: format!("{my_domain}{partition}.my.salesforce.localhost"),
            lightning: format!("{my_domain}{partition}.lightning.force.localhost"),
            setup: format!("{my_domain}{partition}.my.salesforce-setup.localhost"),
            login: if partition.is_empty() { "login.salesforce.localhost" } else { "test.salesforce.localhost" },
            idps: idps.into_iter().collect(),
        }
    }

    /// The role of a `Host` header, its port aside; `None` for a host of no realm or of another.
    pub fn role(&self, host: &str) -> Option<HostRole> {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
        if name == self.my_domain {
            Some(HostRole::MyDomain)
        } else if name == self.lightning {
            Some(HostRole::Lightning)
        } else if name == self.setup {
            Some(HostRole::Setup)
        } else if name == "login.salesforce.localhost" || name == "test.salesforce.localhost" {
            Some(HostRole::Login)
        } else {
            let idp = name.strip_suffix(".localhost")?;
            self.idps.iter().find(|key| *key == idp).map(|key| HostRole::Idp(key.clone()))
        }
    }

    /// The bare host name of a role: `acme.my.salesforce.localhost`.
    pub fn name(&self, role: &HostRole) -> String {
        match role {
            HostRole::MyDomain => self.my_domain.clone(),
            HostRole::Lightning => self.lightning.clone(),
            HostRole::Setup => self.setup.clone(),
            HostRole::Login => self.login.to_owned(),
            HostRole::Idp(key) => format!("{key}.localhost"),
        }
    }

    /// The origin of a role: `https://acme.my.salesforce.localhost:8443`.
    pub fn origin(&self, role: &HostRole) -> String {
        format!("https://{}:{}", self.name(role), self.port)
    }

    /// An absolute URL: the role's origin and this path, which starts with `/`.
    pub fn url(&self, role: &HostRole, path: &str) -> String {
        format!("{}{path}", self.origin(role))
    }

    /// Every bare host name of the realm.
    pub fn all(&self) -> Vec<String> {
        let org = [&self.my_domain, &self.lightning, &self.setup].into_iter().cloned();
        org.chain([self.login.to_owned()]).chain(self.idps.iter().map(|key| format!("{key}.localhost"))).collect()
    }

    /// The port that all hosts share.
    pub fn port(&self) -> u16 {
        self.port
    }
}
