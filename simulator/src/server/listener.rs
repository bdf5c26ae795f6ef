//! A bound port, and the server behind it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::ready;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::task::JoinHandle;
use tower::service_fn;
use vestibule_certs::CertStore;
use vestibule_model::{RelyingPartySpec, Secret};

use super::answering::Answering;
use super::client_certificates::Certified;
use super::error::ServeError;
use super::limits::{Capped, Limits};
use super::sites::Sites;
use super::tls_only::TlsOnly;
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
        let served = Arc::clone(&sites);
        let app = service_fn(move |_: SocketAddr| ready(Ok::<_, Infallible>(Answering(Arc::clone(&served)))));
        let handle = Handle::new();
        let address = self.address;
        let server = axum_server::from_tcp(self.socket).map_err(|source| ServeError::Bind { address, source })?;
        let mut tls_config = None;
        let task = if plain_http {
            let acceptor = Capped::new(NoDelayAcceptor::new(), limits.connections);
            let mut server = server.acceptor(acceptor).handle(handle.clone()).http1_only();
            limit(server.http_builder(), limits);
            tokio::spawn(server.serve(app))
        } else {
            let plain = TlsOnly::new(Arc::clone(&sites), limits);
            let asks = sites.realms().all().iter().any(|realm| asks_for_certificates(&realm.spec));
            let config = if asks { certs.server_config_asking()? } else { certs.server_config()? };
            let config = RustlsConfig::from_config(config);
            let tls = Certified::new(RustlsAcceptor::new(config.clone()).acceptor(plain));
            tls_config = Some(config);
            let mut server = server.acceptor(Capped::new(tls, limits.connections)).handle(handle.clone()).http1_only();
            limit(server.http_builder(), limits);
            tokio::spawn(server.serve(app))
        };
        Ok(Server { address, sites, handle, task, tls_config, certs: Arc::clone(certs) })
    }
}

/// Whether somebody who signs in to this realm, or an app of it, may be known by a TLS certificate. A browser asks its user
/// which one to send, so nobody else is asked for one.
fn asks_for_certificates(spec: &RealmSpec) -> bool {
    spec.idps.values().any(|idp| idp.relying_parties.values().any(RelyingPartySpec::sends_certificate))
}

/// Limits what a connection may send before its request is read.
fn limit(http: &mut Builder<TokioExecutor>, limits: Limits) {
    http.http1().timer(TokioTimer::new()).header_read_timeout(limits.headers).max_buf_size(limits.header_bytes);
}

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    sites: Arc<Sites>,
    handle: Handle<SocketAddr>,
    task: JoinHandle<std::io::Result<()>>,
    /// `None` if it speaks plain HTTP.
    tls_config: Option<RustlsConfig>,
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
        self.sites.set_console(self.address.port(), token, console);
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
        if let Some(config) = self.tls_config.as_ref().filter(|_| asks_for_certificates(&spec)) {
            config.reload_from_config(self.certs.server_config_asking()?);
        }
        self.sites.realms().open(spec, rulebook, foreign).map_err(taken)
    }

    /// Ends a realm that was opened while the server runs. Returns whether there was such a realm.
    pub(crate) fn close(&self, realm: &Arc<Realm>) -> bool {
        self.sites.realms().close(realm)
    }

    /// Lets open requests finish for up to this long, then ends.
    pub(crate) async fn shut_down(mut self, grace: Duration) {
        self.handle.graceful_shutdown(Some(grace));
        // A server task that failed or panicked has ended too, which is all that matters here.
        let _ended = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}
