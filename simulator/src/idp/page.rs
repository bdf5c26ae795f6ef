//! Pages and errors of the identity provider. Every page is recorded in the journal.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;

use super::state::Idp;
use crate::http::{self as kit, ContentType, IDP_POLICY, asset, excerpt};
use crate::realm::Event;
use vestibule_model::PageName;

/// Answers with a page and records it.
pub(super) fn show(idp: &Idp, path: &str, page: PageName, status: StatusCode, template: &impl Template) -> Response {
    idp.realm.record(Event::PageServed { page, host: idp.role(), path: path.to_owned() });
    html(status, template)
}

/// Answers with a page that the browser leaves by itself, so it is not recorded.
pub(super) fn html(status: StatusCode, template: &impl Template) -> Response {
    kit::html(status, IDP_POLICY, template)
        .unwrap_or_else(|_| (StatusCode::NOT_ACCEPTABLE, "A page template did not render.").into_response())
}

/// Answers with the error page, where the sign-on ends.
pub(super) fn error(idp: &Idp, path: &str, code: &str, why: &str) -> Response {
    let why = &excerpt(why);
    let template = ErrorTemplate { page: PageName::IdpError, idp: &idp.trust.idp, code, why };
    show(idp, path, PageName::IdpError, StatusCode::BAD_REQUEST, &template)
}

/// The style sheet of every page, and the scripts that submit a form and follow a link.
pub(super) fn assets() -> Router<Arc<Idp>> {
    Router::new()
        .route("/assets/idp.css", get(|| asset(ContentType::Css, STYLE)))
        .route("/assets/submit.js", get(|| asset(ContentType::JavaScript, SUBMIT)))
        .route("/assets/leave.js", get(|| asset(ContentType::JavaScript, LEAVE)))
}

#[derive(Template)]
#[template(path = "idp/error.html")]
struct ErrorTemplate<'a> {
    page: PageName,
    idp: &'a str,
    code: &'a str,
    why: &'a str,
}

/// A page with a form that submits itself: the HTTP-POST binding, the form post response mode.
#[derive(Template)]
#[template(path = "idp/answer.html")]
pub(super) struct AnswerTemplate<'a> {
    /// Its name.
    pub(super) page: PageName,
    /// Where the form goes.
    pub(super) action: &'a str,
    /// Its hidden fields.
    pub(super) fields: Vec<(&'static str, String)>,
}

const STYLE: &str = include_str!("../../templates/idp/idp.css");
const SUBMIT: &str = include_str!("../../templates/idp/submit.js");
const LEAVE: &str = include_str!("../../templates/idp/leave.js");
