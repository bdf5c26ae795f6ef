//! Calls from server to server: of the org to an identity provider, for the token endpoint, the JWKS, and the document of one
//! that is not simulated; of a product beside the org to the org. They go to this machine, and to hosts that somebody named for
//! such a provider, with a short timeout and a size limit.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use http::StatusCode;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, RequestBuilder, redirect};
use rustls::{ClientConfig, RootCertStore};
use url::{Host, Url};
use vestibule_certs::{CertStore, tls_provider};
use vestibule_model::with_causes;

use crate::realm::Hosts;

/// A client that trusts the test CA, resolves every `.localhost` name to the loopback address, and follows no redirect.
#[derive(Debug, Clone)]
pub(crate) struct BackChannel {
    client: Client,
    /// Hosts of the realm, which are on this machine whatever they are called.
    own: Vec<String>,
    /// The client for hosts that are not on this machine, which trusts whom this machine trusts, and these hosts.
    elsewhere: Option<(Client, Vec<String>)>,
}

/// A complete answer.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
}

/// Why there was no usable answer. Each text completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackChannelError {
    /// The test CA, or the client, could not be set up.
    #[error("set up the back channel: {0}")]
    SetUp(String),
    /// The address is not on this machine, and nobody named its host.
    #[error("call {host}: it is not on this machine, and nobody named it for an identity provider")]
    NotLoopback {
        /// The host of the address.
        host: String,
    },
    /// Nobody answered in time.
    #[error("get an answer from {host} within {} seconds", TIMEOUT.as_secs())]
    Timeout {
        /// The host of the address.
        host: String,
    },
    /// The connection failed or was cut.
    #[error("reach {host}")]
    Unreachable {
        /// The host of the address.
        host: String,
    },
    /// The answer is longer than any real one.
    #[error("read the answer of {host}: it is longer than {LIMIT} bytes")]
    TooLarge {
        /// The host of the address.
        host: String,
    },
}

impl BackChannel {
    /// A client for one realm. Of the hosts that are not on this machine, it calls those of the named addresses.
    pub(crate) fn new(certs: &CertStore, hosts: &Hosts, named: &[&Url]) -> Result<Self, BackChannelError> {
        let own = hosts.all();
        let mut roots = RootCertStore::empty();
        roots.add(certs.authority_der().clone()).map_err(set_up)?;
        let tls = ClientConfig::builder_with_provider(tls_provider())
            .with_safe_default_protocol_versions()
            .map_err(set_up)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Loopback { port: hosts.port(), own: own.clone() })
            .no_proxy()
            .http1_only()
            .redirect(redirect::Policy::none())
            .connect_timeout(TIMEOUT)
            .timeout(TIMEOUT)
            .pool_idle_timeout(IDLE)
            .build()
            .map_err(set_up)?;
        let named = named.iter().filter(|url| !is_loopback(url)).filter_map(|url| url.host_str());
        let named: Vec<_> = named.map(str::to_owned).collect();
        let elsewhere = if named.is_empty() { None } else { Some((abroad()?, named)) };
        Ok(Self { client, own, elsewhere })
    }

    /// Posts a form, with an `Authorization` header if the client authenticates with one.
    pub(crate) async fn post_form(
        &self,
        url: &Url,
        body: String,
        authorization: Option<String>,
    ) -> Result<Reply, BackChannelError> {
        let client = self.client_for(url)?;
        let request = client.post(url.clone()).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        let request = match authorization {
            Some(value) => request.header(AUTHORIZATION, value),
            None => request,
        };
        call(url, request).await
    }

    /// Gets a document.
    pub(crate) async fn get(&self, url: &Url) -> Result<Reply, BackChannelError> {
        call(url, self.client_for(url)?.get(url.clone())).await
    }

    /// Gets a document with this `Authorization` header.
    pub(crate) async fn get_authorized(&self, url: &Url, authorization: String) -> Result<Reply, BackChannelError> {
        call(url, self.client_for(url)?.get(url.clone()).header(AUTHORIZATION, authorization)).await
    }

    /// The client that may call this address.
    fn client_for(&self, url: &Url) -> Result<&Client, BackChannelError> {
        let host = url.host_str().unwrap_or_default();
        match &self.elsewhere {
            _ if self.reaches(url) => Ok(&self.client),
            Some((client, named)) if named.iter().any(|one| one == host) => Ok(client),
            _ => Err(BackChannelError::NotLoopback { host: host.to_owned() }),
        }
    }

    /// Whether the address leads to this machine: by itself, or as the real host of the realm.
    fn reaches(&self, url: &Url) -> bool {
        is_loopback(url) || url.host_str().is_some_and(|host| self.own.iter().any(|own| own == host))
    }
}

async fn call(url: &Url, request: RequestBuilder) -> Result<Reply, BackChannelError> {
    let host = url.host_str().unwrap_or_default().to_owned();
    let failed = |error: reqwest::Error| match error.is_timeout() {
        true => BackChannelError::Timeout { host: host.clone() },
        false => BackChannelError::Unreachable { host: host.clone() },
    };
    let mut response = request.send().await.map_err(failed)?;
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > LIMIT {
            return Err(BackChannelError::TooLarge { host });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, body })
}

/// A client that trusts whom this machine trusts.
fn abroad() -> Result<Client, BackChannelError> {
    let builder = Client::builder().http1_only().redirect(redirect::Policy::none());
    builder.connect_timeout(TIMEOUT).timeout(TIMEOUT).build().map_err(|error| set_up(with_causes(&error)))
}

/// Whether the address is on this machine by itself.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => is_localhost(name),
        None => false,
    }
}

fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

fn set_up(error: impl std::fmt::Display) -> BackChannelError {
    BackChannelError::SetUp(error.to_string())
}

/// Resolves `localhost`, everything below it (RFC 6761, 6.3) and the hosts of the realm to 127.0.0.1,
/// and nothing else. A URL without a port leads to the listener, as it does in a browser under the real host names; the
/// port of a URL is kept.
struct Loopback {
    port: u16,
    own: Vec<String>,
}

impl Resolve for Loopback {
    fn resolve(&self, name: Name) -> Resolving {
        let known = is_localhost(name.as_str()) || self.own.iter().any(|own| own == name.as_str());
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), self.port);
        Box::pin(async move {
            if !known {
                return Err("not a loopback name".into());
            }
            let addresses: Addrs = Box::new(std::iter::once(address));
            Ok(addresses)
        })
    }
}

/// How long a connection is kept for the next call of the same login. Most calls of many realms go to one listener, which
/// takes only so many connections.
const IDLE: Duration = Duration::from_secs(1);
/// Limit for a whole call.
const TIMEOUT: Duration = Duration::from_secs(3);
/// An ID token and a JWKS are a few kilobytes.
const LIMIT: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::civil::date;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};
    use vestibule_certs::CertStore;
    use vestibule_model::OrgSpec;

    use super::BackChannel;
    use crate::realm::{Hosts, RealmSpec};

    /// A thousand orgs that kept theirs would take every connection that their listener has.
    #[tokio::test]
    async fn a_connection_serves_the_calls_of_one_login_and_is_closed() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/token", listener.local_addr().unwrap()).parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let certs = CertStore::open(folder.path(), "2026-09-01T12:00:00Z".parse().unwrap()).unwrap();
        let hosts = Hosts::new(&RealmSpec::new(OrgSpec::production("acme", date(2026, 9, 1))), 1);
        let channel = BackChannel::new(&certs, &hosts, &[]).unwrap();

        let (_, mut accepted) = tokio::join!(channel.get(&url), answered_once(&listener));
        let (second, ()) = tokio::join!(channel.get(&url), answer(&mut accepted));

        second.unwrap();
        let closed = tokio::time::timeout(Duration::from_secs(20), accepted.read(&mut [0])).await;
        assert_eq!(closed.expect("the connection is closed").unwrap(), 0);
    }

    async fn answered_once(listener: &TcpListener) -> TcpStream {
        let (mut accepted, _) = listener.accept().await.unwrap();
        answer(&mut accepted).await;
        accepted
    }

    async fn answer(accepted: &mut TcpStream) {
        let mut request = [0; 4096];
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            assert_ne!(accepted.read(&mut request).await.unwrap(), 0);
        }
        accepted.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
    }
}
