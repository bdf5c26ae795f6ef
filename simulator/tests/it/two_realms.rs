//! Several orgs behind one port, and the port after a simulator is dropped.

use std::net::TcpStream;
use std::time::Duration;

use jiff::civil::date;
use reqwest::{Certificate, Client};
use vestibule_simulator::ServeError;
use vestibule_simulator::Simulator;
use vestibule_simulator::policy::Rulebook;
use vestibule_simulator::realm::{HostRole, OrgSpec, RealmSpec};

#[tokio::test]
async fn the_host_name_chooses_the_org_behind_one_port() {
    let day = date(2026, 11, 2);
    let builder = Simulator::builder().org(OrgSpec::sandbox("acme--uat", day));
    let beside = RealmSpec::new(OrgSpec::production("globex", day));
    let simulator = builder.realm(beside, Rulebook::newest()).start().await.unwrap();
    let [other] = simulator.other_realms() else { panic!("one more realm") };

    for realm in [simulator.realm(), other] {
        let ca = Certificate::from_pem(simulator.ca_pem().as_bytes()).unwrap();
        let host = realm.hosts.name(&HostRole::MyDomain);
        let client = Client::builder().tls_certs_only([ca]).resolve(&host, simulator.address()).no_proxy();
        client.build().unwrap().get(realm.my_domain_origin()).send().await.unwrap();
    }

    assert_eq!(simulator.journal().events().len(), 1, "each realm served one page");
    assert_eq!(other.journal.events().len(), 1);
}

#[tokio::test]
async fn two_realms_of_one_my_domain_name_are_refused() {
    let org = || OrgSpec::sandbox("acme--uat", date(2026, 11, 2));
    let builder = Simulator::builder().org(org()).realm(RealmSpec::new(org()), Rulebook::newest());

    let refused = builder.start().await.unwrap_err();

    assert!(matches!(refused, ServeError::HostTaken { .. }), "{refused}");
}

#[tokio::test]
async fn a_dropped_simulator_gives_its_port_back() {
    let simulator = Simulator::builder().start().await.unwrap();
    let address = simulator.address();
    assert!(TcpStream::connect(address).is_ok());

    drop(simulator);

    let gone = async {
        while TcpStream::connect(address).is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), gone).await.unwrap();
}
