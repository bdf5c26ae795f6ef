//! A test of your own: it signs in over HTTP with a password and a TOTP code, and asserts what the org recorded.

use reqwest::{Certificate, Client};
use vestibule_simulator::Simulator;
use vestibule_simulator::realm::{Event, OrgSpec, UserSpec, VerificationResult};

#[tokio::test]
async fn the_login_passes_the_second_step() {
    let org = OrgSpec::sandbox("acme--uat", "2026-11-02".parse().unwrap());
    let ann = UserSpec::new("Standard User").username("ann@acme.example").password("Right-password-1").totp();
    let simulator = Simulator::builder().org(org).user("ann", ann).start().await.unwrap();
    let ca = Certificate::from_pem(simulator.ca_pem().as_bytes()).unwrap();
    let mut client = Client::builder().tls_certs_only([ca]).cookie_store(true).no_proxy();
    for host in simulator.hosts() {
        client = client.resolve(&host, simulator.address());
    }
    let client = client.build().unwrap();

    let login = [("username", "ann@acme.example"), ("pw", "Right-password-1")];
    let verify = client.post(simulator.login_url()).form(&login).send().await.unwrap();
    let (url, page) = (verify.url().clone(), verify.text().await.unwrap());
    let token = page.split_once("id=\"vcsrf\" value=\"").and_then(|(_, rest)| rest.split('"').next()).unwrap();
    let form = [("vcsrf", token), ("tc", simulator.totp_code("ann").unwrap().reveal())].map(|(k, v)| (k, v.to_owned()));
    let home = client.post(url).form(&form).send().await.unwrap();

    assert_eq!(home.url().path(), "/lightning/page/home");
    let accepted =
        |event: &Event| matches!(event, Event::VerificationChecked { result: VerificationResult::Accepted, .. });
    assert!(simulator.journal().events().iter().any(accepted));
}
