//! What one client may take of a listener.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::Service;

/// What one client may take of a listener.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// For the headers of a request. A connection that asks nothing for so long is closed as well.
    pub(super) headers: Duration,
    /// For the body of a request.
    pub(super) body: Duration,
    /// Bytes of the request line with all headers. No request of the protocols comes near.
    pub(super) header_bytes: usize,
    /// Bytes of a body: more than any endpoint reads.
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
            body_bytes: 1024 * 1024,
            connections: 512,
        }
    }
}

/// An acceptor that closes what comes while so many connections are open.
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
            Err(_) => Box::pin(std::future::ready(Err(io::Error::other("too many connections are open")))),
        }
    }
}

/// A service that holds its connection's place as long as it lives.
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
