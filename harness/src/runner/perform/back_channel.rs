//! API calls of a suite that bypass the browser.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde::Deserialize;
use vestibule_model::Secret;
use vestibule_simulator::org::paths;
use vestibule_simulator::realm::{HostRole, Realm};

use crate::runner::error::Broken;

/// `GET /services/oauth2/singleaccess`: the URL that carries an API session into a browser.
///
/// Source: contract K1.1, K1.3.
pub(super) async fn single_access(realm: &Realm, token: &Secret, ret_url: &str) -> Result<Secret, Broken> {
    let failed = |error: reqwest::Error| Broken::Step(format!("call singleaccess: {}", error.without_url()));
    let url = realm.hosts.url(&HostRole::MyDomain, paths::SINGLE_ACCESS);
    let request =
        client(realm).map_err(failed)?.get(url).bearer_auth(token.reveal()).query(&[("redirect_uri", ret_url)]);
    let answer = request.send().await.and_then(reqwest::Response::error_for_status).map_err(failed)?;
    let answer: SingleAccess = answer.json().await.map_err(failed)?;
    Ok(Secret::new(answer.frontdoor_uri))
}

#[derive(Deserialize)]
struct SingleAccess {
    frontdoor_uri: String,
}

/// A client that trusts the realm's CA and resolves its My Domain host to the loopback address.
fn client(realm: &Realm) -> Result<reqwest::Client, reqwest::Error> {
    let authority = reqwest::Certificate::from_pem(realm.certs.authority_pem().as_bytes())?;
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, realm.hosts.port()));
    reqwest::Client::builder()
        .tls_certs_only([authority])
        .resolve(&realm.hosts.name(&HostRole::MyDomain), loopback)
        // This machine's proxy does not know the simulated host, and must not be asked for a real host name.
        .no_proxy()
        .timeout(REQUEST_TIMEOUT)
        .build()
}

const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests;
