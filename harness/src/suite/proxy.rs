//! An HTTP proxy that leads to the realm for its hosts, refuses the vendor's real hosts, and forwards everything else.
//!
//! It serves the API calls of a suite, from every client that obeys `HTTPS_PROXY`. It needs no password, because it
//! listens only on the loopback address and ends with the case. Only host and port of a request are recorded.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use vestibule_model::Secret;

use super::environment::Variables;
use super::options::ConnectionOptions;
use crate::browser::BrowserError;
use crate::outcome::Proxied;

mod answers;
mod destination;
mod forward;
mod handshake;
mod request_log;
mod routing;
mod server;
mod state;
mod tunnel;

#[cfg(test)]
mod tests;

use destination::Destinations;
use request_log::RequestLog;
use state::ProxyState;

/// The proxy of one case. Dropping it ends it with every connection through it.
#[derive(Debug)]
pub(super) struct Proxy {
    address: SocketAddr,
    ca_file: PathBuf,
    state: Arc<ProxyState>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Starts the proxy on a free port of the loopback.
    ///
    /// # Errors
    ///
    /// If no port is free.
    pub(super) async fn start(options: &ConnectionOptions) -> Result<Self, BrowserError> {
        let failed = |source| BrowserError::Machine { path: "127.0.0.1:0".into(), source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let destinations = Destinations::new(&options.hosts, options.realm, options.real_hosts);
        let state = Arc::new(ProxyState::new(destinations, RequestLog::new(options.clock)));
        let accepting = tokio::spawn(server::accept(listener, Arc::clone(&state)));
        Ok(Self { address, ca_file: options.ca_file.clone(), state, accepting })
    }

    /// Adds the proxy's address and the CA file under every name that clients read. `NO_PROXY` does not contain
    /// `localhost`: many clients would then bypass the proxy for all hosts below `.localhost`, including the realm's
    /// hosts.
    pub(super) fn add_to(&self, variables: &mut Variables) {
        let url = format!("http://{}", self.address);
        let ca_file = self.ca_file.display().to_string();
        for name in ["VESTIBULE_PROXY_URL", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"] {
            variables.set(name, Secret::new(&url));
        }
        for name in ["NO_PROXY", "no_proxy"] {
            variables.set(name, Secret::new(NOT_PROXIED));
        }
        // An inherited ALL_PROXY would make clients of other protocols bypass this proxy.
        for name in ["ALL_PROXY", "all_proxy"] {
            variables.remove(name);
        }
        for name in
            ["VESTIBULE_CA_FILE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]
        {
            variables.set(name, Secret::new(&ca_file));
        }
        variables.set("NODE_USE_ENV_PROXY", Secret::new("1"));
    }

    /// What the proxy did with each request so far.
    pub(super) fn records(&self) -> Vec<Proxied> {
        self.state.log.all()
    }

    /// Ends the proxy and every connection through it.
    pub(super) async fn close(self) {
        drop(self);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.state.end();
    }
}

/// The WebDriver endpoint is reached directly.
const NOT_PROXIED: &str = "127.0.0.1,::1";
