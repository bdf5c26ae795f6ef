//! How a suite reaches the hosts of its org.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::upstream_proxy::UpstreamProxy;

/// How a suite reaches the hosts of its org.
#[derive(Debug, Clone)]
pub enum Reach {
    /// The hosts of a realm lead to its listener, and the vendor's real hosts are refused.
    Realm(RealmReach),
    /// Every host is what it is on this machine: names, proxies and trusted certificates are left alone, and no browser
    /// is let off verifying a certificate.
    AsIs,
}

/// Where a realm is, and what its clients need to get there.
#[derive(Debug, Clone)]
pub struct RealmReach {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its bare host names.
    pub hosts: Vec<String>,
    /// Whether the suite sees the vendor's real host names at the default port, instead of `.localhost` names with a
    /// port.
    pub real_hosts: bool,
    /// Base64 SHA-256 of the SPKI of the simulator's TLS key.
    pub spki_pin: String,
    /// CA bundle for clients other than browsers: the simulator's CA and the machine's own. The suite's own are joined with
    /// them.
    pub ca_file: PathBuf,
    /// The proxy that the suite's environment names, for hosts that are neither the realm's nor the vendor's.
    pub upstream: Option<UpstreamProxy>,
}

/// The same for browsers, once the proxy of a realm runs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Route<'a> {
    /// To a realm, with the proxy of its case.
    Realm { realm: &'a RealmReach, proxy: SocketAddr },
    /// As the machine leads.
    AsIs,
}

impl Route<'_> {
    /// The proxy of the case.
    pub(super) fn proxy(&self) -> Option<SocketAddr> {
        match self {
            Self::Realm { proxy, .. } => Some(*proxy),
            Self::AsIs => None,
        }
    }
}
