//! Where a request goes, depending on its host.

use std::net::SocketAddr;

use vestibule_model::vendor_hosts::{is_vendor_host, is_within};

/// The kind of a host in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    /// A host of the realm.
    Realm,
    /// A real host of the vendor, or a simulated host of another realm.
    Vendor,
    /// Any other host.
    Elsewhere,
}

/// The hosts of one realm.
#[derive(Debug)]
pub(super) struct Destinations {
    hosts: Vec<String>,
    realm: SocketAddr,
    real_hosts: bool,
}

impl Destinations {
    /// The destinations of a realm with these bare host names behind this listener.
    pub(super) fn new(hosts: &[String], realm: SocketAddr, real_hosts: bool) -> Self {
        Self { hosts: hosts.iter().map(|host| bare(host)).collect(), realm, real_hosts }
    }

    /// The kind of a host; ignores case and a final dot.
    pub(super) fn of(&self, host: &str) -> Destination {
        let host = bare(host);
        if self.hosts.contains(&host) {
            Destination::Realm
        } else if is_vendors(&host) {
            Destination::Vendor
        } else {
            Destination::Elsewhere
        }
    }

    /// Where the realm listens.
    pub(super) fn realm(&self) -> SocketAddr {
        self.realm
    }

    /// The hosts of the realm.
    pub(super) fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// Whether they are named like the vendor's.
    pub(super) fn real_hosts(&self) -> bool {
        self.real_hosts
    }

    /// A realm's host for an `https` URL, with the port if one is needed.
    pub(super) fn authority(&self, host: &str) -> String {
        if self.real_hosts { bare(host) } else { format!("{}:{}", bare(host), self.realm.port()) }
    }
}

fn bare(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}

fn is_vendors(host: &str) -> bool {
    is_vendor_host(host) || SIMULATED.iter().any(|domain| is_within(host, domain))
}

/// Simulated domains; a host below them that is not this realm's is misspelt or belongs to another realm.
const SIMULATED: &[&str] = &["salesforce.localhost", "force.localhost", "salesforce-setup.localhost"];
