//! API calls that bypass the browser: of a suite, and of programs at a product.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use reqwest::header::USER_AGENT;
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
    let client = client(realm, &HostRole::MyDomain).map_err(failed)?;
    let request = client.get(url).bearer_auth(token.reveal()).query(&[("redirect_uri", ret_url)]);
    let answer = request.send().await.and_then(reqwest::Response::error_for_status).map_err(failed)?;
    let answer: SingleAccess = answer.json().await.map_err(failed)?;
    Ok(Secret::new(answer.frontdoor_uri))
}

#[derive(Deserialize)]
struct SingleAccess {
    frontdoor_uri: String,
}

/// Calls the API of a product as this application does, with this secret in place of a password. Whether it is let in is for
/// the journal to say.
pub(super) async fn call_product(
    realm: &Realm,
    product: &HostRole,
    application: &str,
    username: &str,
    secret: &Secret,
) -> Result<(), Broken> {
    let failed = |error: reqwest::Error| Broken::Step(format!("call the API of the product: {}", error.without_url()));
    let client = client(realm, product).map_err(failed)?;
    let request = client.get(realm.hosts.url(product, PRODUCT_API)).header(USER_AGENT, format!("{application}/1.0"));
    request.basic_auth(username, Some(secret.reveal())).send().await.map_err(failed)?;
    Ok(())
}

/// A client that trusts the realm's CA and resolves this host of it to the loopback address.
fn client(realm: &Realm, host: &HostRole) -> Result<reqwest::Client, reqwest::Error> {
    let authority = reqwest::Certificate::from_pem(realm.certs.authority_pem().as_bytes())?;
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, realm.hosts.port()));
    reqwest::Client::builder()
        .tls_certs_only([authority])
        .resolve(&realm.hosts.name(host), loopback)
        // This machine's proxy does not know the simulated host, and must not be asked for a real host name.
        .no_proxy()
        .timeout(REQUEST_TIMEOUT)
        .build()
}

const PRODUCT_API: &str = "/api/v1/me";
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests;
