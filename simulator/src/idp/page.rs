//! How the identity provider answers: pages, redirects, errors. Every page is in the journal.

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, SET_COOKIE};
use http::{HeaderName, HeaderValue, StatusCode};

use super::state::Idp;
use crate::realm::Event;
use vestibule_model::PageName;

/// Answers with a page and records it.
pub(super) fn show(idp: &Idp, path: &str, page: PageName, status: StatusCode, template: &impl Template) -> Response {
    idp.realm.record(Event::PageServed { page, host: idp.role(), path: path.to_owned() });
    html(status, template)
}

/// Answers with a page that is no stop on the way: the browser leaves it by itself.
pub(super) fn html(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(body) => (status, HEADERS, body).into_response(),
        Err(_) => (StatusCode::NOT_ACCEPTABLE, HEADERS, "A page template did not render.").into_response(),
    }
}

/// Answers with the error page: the user can go nowhere from here.
pub(super) fn error(idp: &Idp, path: &str, code: &str, why: &str) -> Response {
    let template = ErrorTemplate { page: PageName::IdpError, idp: &idp.trust.idp, code, why };
    show(idp, path, PageName::IdpError, StatusCode::BAD_REQUEST, &template)
}

/// Answers with a redirect that every browser follows by GET.
pub(super) fn redirect(location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (StatusCode::SEE_OTHER, [(LOCATION, location)], [(CACHE_CONTROL, "no-store")]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Adds a cookie to an answer.
pub(super) fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// The style of every page.
pub(super) async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "max-age=3600")], STYLE).into_response()
}

/// The script that sends a form on.
pub(super) async fn submit_script() -> Response {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "max-age=3600")], SUBMIT).into_response()
}

#[derive(Template)]
#[template(path = "idp/error.html")]
struct ErrorTemplate<'a> {
    page: PageName,
    idp: &'a str,
    code: &'a str,
    why: &'a str,
}

/// A page with a form that the browser sends on by itself: the HTTP-POST binding, the form post response mode.
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

const HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (CACHE_CONTROL, "no-store"),
    (REFERRER_POLICY, "same-origin"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
    ),
];
