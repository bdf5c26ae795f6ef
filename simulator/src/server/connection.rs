//! Serves the connections of a listener.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::Watcher;
use parking_lot::RwLock;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::limits::Limits;
use super::sites::Sites;
use super::tls_only::speaks_tls;
use crate::http::ClientCertificates;

/// What every connection of a listener is served with.
#[derive(Debug)]
pub(super) struct Connections {
    pub(super) sites: Arc<Sites>,
    pub(super) limits: Limits,
    /// For new connections; `None` if they speak plain HTTP.
    pub(super) tls: Option<RwLock<Arc<ServerConfig>>>,
}

impl Connections {
    /// Serves a connection until it ends, or its last open request after the listener has ended.
    pub(super) async fn serve(self: Arc<Self>, stream: TcpStream, listener: Watcher) {
        // A client may go away at any time.
        let _ended = self.serve_stream(stream, listener).await;
    }

    async fn serve_stream(self: Arc<Self>, mut stream: TcpStream, listener: Watcher) -> io::Result<()> {
        // With Nagle's algorithm each handshake would wait tens of milliseconds for a delayed acknowledgement.
        stream.set_nodelay(true)?;
        let Some(tls) = self.tls.as_ref().map(|tls| Arc::clone(&tls.read())) else {
            return self.serve_http(Box::new(stream), None, listener).await;
        };
        if !speaks_tls(&mut stream, &self.sites, self.limits).await? {
            return Ok(());
        }
        let stream = timeout(self.limits.handshake, TlsAcceptor::from(tls).accept(stream)).await??;
        let sent = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let certificates = ClientCertificates::of(sent.iter().map(|certificate| certificate.to_vec()));
        self.serve_http(Box::new(stream), certificates, listener).await
    }

    /// There is nothing to route here: the sites of the listener answer each request.
    async fn serve_http(
        self: Arc<Self>,
        stream: Box<dyn Stream>,
        certificates: Option<ClientCertificates>,
        listener: Watcher,
    ) -> io::Result<()> {
        let http = self.limits.http1();
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            if let Some(certificates) = &certificates {
                request.extensions_mut().insert(certificates.clone());
            }
            let sites = Arc::clone(&self.sites);
            async move { Ok::<_, Infallible>(sites.answer(request).await) }
        });
        listener.watch(http.serve_connection(TokioIo::new(stream), service)).await.map_err(io::Error::other)
    }
}

/// The bytes of a connection, with TLS or without.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}
