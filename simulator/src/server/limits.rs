//! Limits on what clients may use of a listener.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::Service;

/// Limits on what clients may use of a listener.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Time to receive the headers of a request. Idle connections are closed after the same time.
    pub(super) headers: Duration,
    /// Time to receive the body of a request.
    pub(super) body: Duration,
    /// Bytes of the request line and all headers.
    pub(super) header_bytes: usize,
    /// Bytes of a body. Endpoints have lower limits, and refuse larger bodies with an error of their protocol.
    pub(super) body_bytes: usize,
    /// Open connections.
    pub(super) connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            headers: Duration::from_secs(60),
            body: Duration::from_secs(30),
            header_bytes: 128 * 1024,
            body_bytes: 4 * 1024 * 1024,
            connections: 512,
        }
    }
}

/// An acceptor that closes new connections while too many are open.
#[derive(Debug, Clone)]
pub(super) struct Capped<A> {
    inner: A,
    free: Arc<Semaphore>,
}

impl<A> Capped<A> {
    pub(super) fn new(inner: A, connections: usize) -> Self {
        Self { inner, free: Arc::new(Semaphore::new(connections)) }
    }
}

impl<I, S, A: Accept<I, Held<S>>> Accept<I, S> for Capped<A>
where
    A::Future: Send + 'static,
{
    type Stream = A::Stream;
    type Service = A::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        match Arc::clone(&self.free).try_acquire_owned() {
            Ok(permit) => Box::pin(self.inner.accept(stream, Held { service, _permit: Arc::new(permit) })),
            Err(_) => Box::pin(async { Err(io::Error::other("too many connections are open")) }),
        }
    }
}

/// A service that counts as one open connection until it is dropped.
#[derive(Debug, Clone)]
pub(super) struct Held<S> {
    service: S,
    _permit: Arc<OwnedSemaphorePermit>,
}

impl<R, S: Service<R>> Service<R> for Held<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: R) -> S::Future {
        self.service.call(request)
    }
}
