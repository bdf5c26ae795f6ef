//! An HTTP proxy that leads to the realm for its hosts, refuses the vendor's real hosts, and forwards everything else.
//!
//! It serves the API calls of a suite, from every client that obeys `HTTPS_PROXY`. It listens only on the loopback address,
//! answers only programs of the user who runs this one, and ends with the case. That needs no password, which neither
//! Chromium nor Java could carry. Only host and port of a request are recorded.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use vestibule_model::Secret;

use super::environment::Variables;
use super::limits::Limits;
use super::reach::RealmReach;
use crate::browser::BrowserError;
use crate::outcome::Proxied;
use crate::stopwatch::Stopwatch;

mod answers;
mod destination;
mod forward;
mod handshake;
mod request_log;
mod routing;
mod server;
mod server_name;
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
    state: Arc<ProxyState>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Starts the proxy on a free port of the loopback.
    ///
    /// # Errors
    ///
    /// If no port is free.
    pub(super) async fn start(realm: &RealmReach, limits: Limits, clock: Stopwatch) -> Result<Self, BrowserError> {
        let failed = |source| BrowserError::Machine { path: "127.0.0.1:0".into(), source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let destinations = Destinations::new(&realm.hosts, realm.address, realm.real_hosts);
        let state = Arc::new(ProxyState::new(destinations, RequestLog::new(clock), realm.upstream.clone()));
        let accepting = tokio::spawn(server::accept(listener, limits, Arc::clone(&state)));
        Ok(Self { address, state, accepting })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Adds the proxy's address under every name that clients read, whatever the suite has there: its own proxy is asked
    /// by this one. `NO_PROXY` does not contain `localhost`: many clients would then bypass the proxy for all hosts below
    /// `.localhost`, including the realm's hosts.
    pub(super) fn add_to(&self, variables: &mut Variables) {
        let url = format!("http://{}", self.address);
        for name in ["VESTIBULE_PROXY_URL", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"] {
            variables.replace(name, Secret::new(&url));
        }
        for name in ["NO_PROXY", "no_proxy"] {
            variables.replace(name, Secret::new(NOT_PROXIED));
        }
        // With ALL_PROXY, clients of other protocols would bypass this proxy.
        for name in ["ALL_PROXY", "all_proxy"] {
            variables.remove(name);
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
