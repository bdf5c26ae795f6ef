//! Single sign-on at the org: starting it, and taking its answers.

use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use http::StatusCode;

use super::{Fields, Org, Visit, page};

/// What single sign-on remembers.
#[derive(Default)]
pub(crate) struct SsoState {}

/// The routes of single sign-on, the ACS aside: it shares the host root with the login form.
pub(crate) fn routes() -> Router<Arc<Org>> {
    Router::new()
}

/// The assertion consumer service: a form with a `SAMLResponse` was posted to the host root.
pub(crate) async fn acs(org: Arc<Org>, visit: Visit, _fields: Fields) -> Response {
    page::refuse(&org, &visit, StatusCode::NOT_FOUND, "no single sign-on is configured")
}
