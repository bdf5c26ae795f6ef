//! A bound port, and the server behind it.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use hyper_util::server::graceful::GracefulShutdown;
use parking_lot::RwLock;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};
use vestibule_certs::CertStore;
use vestibule_model::{RelyingPartySpec, Secret};

use super::connection::Connections;
use super::error::ServeError;
use super::limits::Limits;
use super::sites::Sites;
use crate::control::{Console, HostTaken, Realms as _};
use crate::policy::Rulebook;
use crate::realm::{ForeignIdp, Realm, RealmSpec};

/// A bound port that nothing answers on yet.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Binds a port; port 0 means a free one. A simulated login page must not be reachable from other machines, unless
    /// somebody wants that.
    ///
    /// # Errors
    ///
    /// If the port is in use or may not be bound.
    pub(crate) fn bind(address: IpAddr, port: u16) -> Result<Self, ServeError> {
        let address = SocketAddr::from((address, port));
        let bind = || {
            let socket = TcpListener::bind(address)?;
            socket.set_nonblocking(true)?;
            let address = socket.local_addr()?;
            Ok(Self { socket, address })
        };
        bind().map_err(|source| ServeError::Bind { address, source })
    }

    /// The port, which the realms' URLs contain.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Serves these realms until the server is shut down, over HTTPS unless one of them speaks plain HTTP. The first realm
    /// is the default one.
    ///
    /// # Errors
    ///
    /// If two realms claim one host, or the TLS material cannot be made.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub(crate) fn serve(self, realms: Vec<Arc<Realm>>, certs: &Arc<CertStore>) -> Result<Server, ServeError> {
        self.serve_within(Limits::default(), realms, certs)
    }

    pub(super) fn serve_within(
        self,
        limits: Limits,
        realms: Vec<Arc<Realm>>,
        certs: &Arc<CertStore>,
    ) -> Result<Server, ServeError> {
        let plain_http = realms.iter().any(|realm| realm.spec.plain_http);
        let sites = Arc::new(Sites::new(realms, Arc::clone(certs), self.port(), limits)?);
        let tls = if plain_http {
            None
        } else {
            let asks = sites.realms().all().iter().any(|realm| asks_for_certificates(&realm.spec));
            Some(RwLock::new(if asks { certs.server_config_asking()? } else { certs.server_config()? }))
        };
        let address = self.address;
        let socket = tokio::net::TcpListener::from_std(self.socket);
        let socket = socket.map_err(|source| ServeError::Bind { address, source })?;
        let connections = Arc::new(Connections { sites, limits, tls });
        let (shut_down, grace) = oneshot::channel();
        let task = tokio::spawn(accept(socket, Arc::clone(&connections), grace));
        Ok(Server { address, connections, shut_down, task, certs: Arc::clone(certs) })
    }
}

/// Accepts connections until it is told how long open requests may take to finish, or its server is dropped. All
/// connections end with it.
async fn accept(socket: tokio::net::TcpListener, served: Arc<Connections>, mut grace: oneshot::Receiver<Duration>) {
    let mut open = JoinSet::new();
    let graceful = GracefulShutdown::new();
    let grace = loop {
        tokio::select! {
            accepted = socket.accept() => {
                while open.try_join_next().is_some() {}
                match accepted {
                    Ok((stream, _)) if open.len() < served.limits.connections => {
                        open.spawn(Arc::clone(&served).serve(stream, graceful.watcher()));
                    }
                    Ok(_) => {}
                    Err(_) => sleep(PAUSE_AFTER_FAILURE).await,
                }
            }
            grace = &mut grace => break grace.unwrap_or_default(),
        }
    };
    drop(socket);
    // What is still open after that is cut.
    let _out_of_time = timeout(grace, graceful.shutdown()).await;
}

/// Whether somebody who signs in to this realm, or an app of it, may be known by a TLS certificate. A browser asks its user
/// which one to send, so nobody else is asked for one.
fn asks_for_certificates(spec: &RealmSpec) -> bool {
    spec.idps.values().any(|idp| idp.relying_parties.values().any(RelyingPartySpec::sends_certificate))
}

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    connections: Arc<Connections>,
    shut_down: oneshot::Sender<Duration>,
    task: JoinHandle<()>,
    certs: Arc<CertStore>,
}

impl Server {
    /// The address it listens on.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves the control API and a console at `https://localhost:<port>/` to who knows the token, in place of an earlier
    /// one.
    pub(crate) fn set_console(&self, token: &Secret, console: Option<Arc<dyn Console>>) {
        self.connections.sites.set_console(self.address.port(), token, console);
    }

    /// Opens one more realm. `foreign` holds, by key, each identity provider that is not simulated.
    ///
    /// # Errors
    ///
    /// If another realm claims one of its hosts.
    pub(crate) fn open(
        &self,
        spec: RealmSpec,
        rulebook: Arc<Rulebook>,
        foreign: BTreeMap<String, ForeignIdp>,
    ) -> Result<Arc<Realm>, ServeError> {
        let taken = |HostTaken { host }| ServeError::HostTaken { host };
        if let Some(config) = self.connections.tls.as_ref().filter(|_| asks_for_certificates(&spec)) {
            *config.write() = self.certs.server_config_asking()?;
        }
        self.connections.sites.realms().open(spec, rulebook, foreign).map_err(taken)
    }

    /// Ends a realm that was opened while the server runs. Returns whether there was such a realm.
    pub(crate) fn close(&self, realm: &Arc<Realm>) -> bool {
        self.connections.sites.realms().close(realm)
    }

    /// Lets open requests finish for up to this long, then ends.
    pub(crate) async fn shut_down(self, grace: Duration) {
        // A server task that failed or panicked has ended too, which is all that matters here.
        let _ended = self.shut_down.send(grace);
        let _ended = self.task.await;
    }
}

/// An accept that failed tends to fail again at once, as where no file descriptor is left.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(50);
