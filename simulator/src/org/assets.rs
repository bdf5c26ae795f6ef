//! The style sheet and the scripts of the pages.

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

/// The routes of the assets.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/vestibule/org.css", get(|| asset("text/css; charset=utf-8", STYLE)))
        .route("/vestibule/webauthn.js", get(|| asset("text/javascript; charset=utf-8", WEBAUTHN)))
        .route("/vestibule/connect.js", get(|| asset("text/javascript; charset=utf-8", CONNECT)))
        .route("/vestibule/home.js", get(|| asset("text/javascript; charset=utf-8", HOME)))
        .route("/jslibrary/baselogin4.js", get(|| asset("text/javascript; charset=utf-8", LOGIN)))
}

async fn asset(content_type: &'static str, body: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, content_type), (CACHE_CONTROL, "public, max-age=3600")], body)
}

const STYLE: &str = include_str!("../../templates/org/org.css");
const WEBAUTHN: &str = include_str!("../../templates/org/webauthn.js");
const LOGIN: &str = include_str!("../../templates/org/baselogin4.js");
const CONNECT: &str = include_str!("../../templates/org/connect.js");
const HOME: &str = include_str!("../../templates/org/home.js");
