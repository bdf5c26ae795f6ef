//! The routes of the API, and the document that describes them.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use serde_json::Value;

use super::console::Console;
use super::error::ControlError;
use super::operation::Operation;
use super::state::{Control, Realms};
use super::{administration, clock, idps, inbox, journal, openapi, realms, users};
use crate::http::is_text;
use crate::http::routing::get;

/// Where the API is.
pub(crate) const PREFIX: &str = "/vestibule/api/v1";

/// Whether a path is one of the API.
pub(crate) fn serves(path: &str) -> bool {
    path.strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The API over these realms.
pub(crate) fn router(realms: Arc<dyn Realms>, console: Option<Arc<dyn Console>>) -> Router {
    let mut router = Router::new().route(&format!("{PREFIX}/openapi.json"), get(describe));
    for operation in operations() {
        router = router.route(&format!("{PREFIX}{}", operation.path), (operation.serve)(operation.verb.filter()));
    }
    router
        .fallback(|| async { ControlError::not_found("the API has no such resource") })
        .method_not_allowed_fallback(|| async { ControlError::other_method() })
        .layer(from_fn(readable))
        // Whoever guards the host has read the body, within limits.
        .layer(DefaultBodyLimit::disable())
        .with_state(Arc::new(Control { realms, console }))
}

/// No operation meets a path that it could not read.
async fn readable(request: Request, next: Next) -> Response {
    if is_text(request.uri().path()) {
        next.run(request).await
    } else {
        ControlError::bad("the path of the request is not UTF-8").into_response()
    }
}

async fn describe() -> Json<Value> {
    Json(openapi::document(PREFIX, operations()))
}

fn operations() -> impl Iterator<Item = &'static Operation> {
    let all = [
        realms::OPERATIONS,
        realms::CONDITIONS,
        clock::OPERATIONS,
        users::OPERATIONS,
        administration::OPERATIONS,
        idps::OPERATIONS,
        inbox::OPERATIONS,
        journal::OPERATIONS,
    ];
    all.into_iter().flatten()
}
