use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::date;
use vestibule_certs::CertStore;
use vestibule_model::{OrgKind, SessionLevel};
use vestibule_simulator::policy::Rulebook;
use vestibule_simulator::realm::{Clock, ClockSpec, Component, HostNaming, OrgSpec, RealmSpec, UserSpec};
use vestibule_simulator::server::Listener;

use super::*;

#[tokio::test]
async fn singleaccess_answers_under_either_naming_of_the_hosts() {
    // Another test of this process may have installed it first; any provider will do.
    let _installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let certs = CertStore::open(folder.path(), Clock::start(&ClockSpec::default()).now(Component::Org)).unwrap();

    for naming in [HostNaming::Localhost, HostNaming::Real] {
        let listener = Listener::loopback().unwrap();
        let spec = RealmSpec {
            org: OrgSpec::new("acme", OrgKind::Production, date(2026, 3, 1)),
            users: BTreeMap::from([("rep".to_owned(), UserSpec::new("Standard User"))]),
            idps: BTreeMap::new(),
            clock: ClockSpec::default(),
            naming,
            seed: None,
        };
        let realm = Realm::start(spec, Arc::new(Rulebook::newest()), Arc::clone(&certs), listener.port());
        let _server = listener.serve(vec![Arc::clone(&realm)], &certs).unwrap();
        let token = realm.open_session("rep", SessionLevel::Standard, false, true).sid;

        let url = single_access(&realm, &token, "/lightning/page/home").await.unwrap();

        let door = realm.hosts.url(&HostRole::MyDomain, "/secur/frontdoor.jsp?otp=");
        assert!(url.reveal().starts_with(&door), "{naming:?}");
    }
}
