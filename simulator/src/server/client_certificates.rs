//! Gives each request the certificates that the TLS client at the other end of its connection sent.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::http::Request;
use axum_server::accept::Accept;
use axum_server::tls_rustls::RustlsAcceptor;
use tokio::net::TcpStream;
use tower::Service;

use super::tls_only::TlsOnly;
use crate::http::ClientCertificates;

/// A TLS acceptor whose requests know the certificates of their client.
#[derive(Clone)]
pub(super) struct Certified {
    tls: RustlsAcceptor<TlsOnly>,
}

impl Certified {
    pub(super) fn new(tls: RustlsAcceptor<TlsOnly>) -> Self {
        Self { tls }
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for Certified {
    type Stream = <RustlsAcceptor<TlsOnly> as Accept<TcpStream, S>>::Stream;
    type Service = WithCertificates<S>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let accepted = self.tls.accept(stream, service);
        Box::pin(async move {
            let (stream, service) = accepted.await?;
            let (_, connection) = stream.get_ref();
            let sent = connection.peer_certificates().unwrap_or_default();
            let certificates = ClientCertificates::of(sent.iter().map(|certificate| certificate.to_vec()));
            Ok((stream, WithCertificates { service, certificates }))
        })
    }
}

/// A service of one connection.
#[derive(Debug, Clone)]
pub(super) struct WithCertificates<S> {
    service: S,
    certificates: Option<ClientCertificates>,
}

impl<B, S: Service<Request<B>>> Service<Request<B>> for WithCertificates<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        if let Some(certificates) = &self.certificates {
            request.extensions_mut().insert(certificates.clone());
        }
        self.service.call(request)
    }
}
