//! The destination of a login: always on a host of the same org.

use super::paths;
use crate::realm::{HostRole, Hosts};

/// A page of this org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReturnUrl {
    /// The host.
    pub(crate) host: HostRole,
    /// Path and query.
    pub(crate) path: String,
}

impl ReturnUrl {
    /// Lightning home.
    pub(crate) fn home() -> Self {
        Self { host: HostRole::Lightning, path: paths::LIGHTNING_HOME.to_owned() }
    }

    /// Reads a `retURL` or `startURL`. An empty value, the bare host root and any URL outside this org become Lightning
    /// home: the org is not an open redirector.
    pub(crate) fn read(raw: &str, hosts: &Hosts) -> Self {
        Self::read_strictly(raw, hosts).unwrap_or_else(Self::home)
    }

    fn read_strictly(raw: &str, hosts: &Hosts) -> Option<Self> {
        if raw.is_empty() {
            return None;
        }
        let default_host = if is_lightning_path(raw) { HostRole::Lightning } else { HostRole::MyDomain };
        let url = hosts.base(&default_host)?.join(raw).ok()?;
        let host = hosts.role_of_url(&url)?;
        let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        if host == HostRole::MyDomain && is_lightning_path(&path) {
            return Some(Self { host: HostRole::Lightning, path });
        }
        let of_a_login = url.path().starts_with("/_ui/") && !paths::is_behind_the_login(url.path());
        let leads_nowhere = url.path() == "/" || url.path().starts_with("/secur/") || of_a_login;
        (!leads_nowhere).then_some(Self { host, path })
    }

    /// The absolute URL.
    pub(crate) fn absolute(&self, hosts: &Hosts) -> String {
        hosts.url(&self.host, &self.path)
    }

    /// As it is written in a query: a bare path on the Lightning host, otherwise absolute.
    pub(crate) fn short(&self, hosts: &Hosts) -> String {
        if self.host == HostRole::Lightning { self.path.clone() } else { self.absolute(hosts) }
    }
}

/// Percent-encodes a value of a query string.
pub(crate) fn encode(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

fn is_lightning_path(path: &str) -> bool {
    ["/lightning", "/one/"].iter().any(|prefix| path.starts_with(prefix))
}
