//! The service of each connection.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::Request;
use axum::response::Response;
use tower::Service;

use super::sites::Sites;

/// Passes each request to the sites of its listener. There is nothing to route here, and a router would copy itself for each
/// request.
#[derive(Debug, Clone)]
pub(super) struct Answering(pub(super) Arc<Sites>);

impl<B> Service<Request<B>> for Answering
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let sites = Arc::clone(&self.0);
        Box::pin(async move { Ok(sites.answer(request.map(Body::new)).await) })
    }
}
