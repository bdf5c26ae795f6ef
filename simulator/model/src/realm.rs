//! The specification of a realm. Scenario files and `serve` are turned into one.

use std::collections::BTreeMap;

use crate::{ClockSpec, HostNaming, IdpSpec, OrgSpec, ProductSpec, UserSpec};

/// Everything a realm is made from.
#[derive(Debug, Clone)]
pub struct RealmSpec {
    /// The org.
    pub org: OrgSpec,
    /// Whether the org is served. Without it, the identity providers stand alone: the org only gives its users and its date.
    pub serves_org: bool,
    /// Whether it speaks plain HTTP, for clients that cannot trust a certificate authority; default: HTTPS.
    pub plain_http: bool,
    /// Whether the sign-in pages of its identity providers ask for a token: other machines reach them.
    pub guarded: bool,
    /// Users by key; the key is the name that scenarios and reports use.
    pub users: BTreeMap<String, UserSpec>,
    /// Identity providers by key; the key is the first label of the host: `okta` serves `okta.localhost`.
    pub idps: BTreeMap<String, IdpSpec>,
    /// Products beside the org by key; the key is the first label of the host, as that of an identity provider.
    pub products: BTreeMap<String, ProductSpec>,
    /// The protocol clock.
    pub clock: ClockSpec,
    /// The host names it answers to.
    pub naming: HostNaming,
    /// Whether the hosts of its identity providers and products carry its My Domain name: `okta.acme.localhost`. Each of
    /// several realms behind one port then has its own.
    pub idp_hosts_of_org: bool,
    /// The most that each list of what happened keeps: the journal, Login History, requests, emails, open sessions, and values
    /// that expire. A list that usually keeps fewer keeps as many as usual; `None`: each list does.
    pub most_kept: Option<usize>,
    /// Seed of the entropy; `None` takes one from the operating system.
    pub seed: Option<u64>,
}

impl RealmSpec {
    /// An org without users or identity providers; its clock follows the system clock.
    pub fn new(org: OrgSpec) -> Self {
        Self {
            org,
            serves_org: true,
            plain_http: false,
            guarded: false,
            users: BTreeMap::new(),
            idps: BTreeMap::new(),
            products: BTreeMap::new(),
            clock: ClockSpec::default(),
            naming: HostNaming::default(),
            idp_hosts_of_org: false,
            most_kept: None,
            seed: None,
        }
    }
}
