//! The style sheet and the scripts of the pages, and what the script of a ceremony says.

use axum::Router;

use super::{ceremony, paths};
use crate::http::routing::{get, post};
use crate::http::{ContentType, asset};

/// The routes of the assets.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/vestibule/org.css", get(|| asset(ContentType::Css, STYLE)))
        .route("/vestibule/webauthn.js", get(|| asset(ContentType::JavaScript, WEBAUTHN)))
        .route(paths::PAGE_SCRIPT, get(|| asset(ContentType::JavaScript, PAGE_BEHAVIOUR)))
        .route("/vestibule/push.js", get(|| asset(ContentType::JavaScript, PUSH)))
        .route("/vestibule/connect.js", get(|| asset(ContentType::JavaScript, CONNECT)))
        .route("/vestibule/home.js", get(|| asset(ContentType::JavaScript, HOME)))
        .route("/vestibule/sso-submit.js", get(|| asset(ContentType::JavaScript, SSO_SUBMIT)))
        .route("/jslibrary/baselogin4.js", get(|| asset(ContentType::JavaScript, LOGIN)))
        .route(&format!("{}/{{*report}}", paths::CEREMONY), post(ceremony::answer))
}

const STYLE: &str = include_str!("../../templates/org/org.css");
const WEBAUTHN: &str = include_str!("../../templates/org/webauthn.js");
const LOGIN: &str = include_str!("../../templates/org/baselogin4.js");
const CONNECT: &str = include_str!("../../templates/org/connect.js");
const PAGE_BEHAVIOUR: &str = include_str!("../../templates/org/page_behaviour.js");
const PUSH: &str = include_str!("../../templates/org/push.js");
const SSO_SUBMIT: &str = include_str!("../../templates/org/sso_submit.js");
const HOME: &str = include_str!("../../templates/org/home.js");
