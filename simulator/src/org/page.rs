//! How the org answers: pages, redirects, refusals. Every page and every refusal is in the journal.

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, SET_COOKIE};
use http::{HeaderName, HeaderValue, StatusCode};

use super::{Org, Visit};
use crate::realm::Event;
use vestibule_model::PageName;

/// Answers with a page and records it.
pub(crate) fn show(org: &Org, visit: &Visit, page: PageName, template: &impl Template) -> Response {
    show_with_status(org, visit, page, StatusCode::OK, template)
}

/// Answers with a page under this status and records it.
pub(crate) fn show_with_status(
    org: &Org,
    visit: &Visit,
    page: PageName,
    status: StatusCode,
    template: &impl Template,
) -> Response {
    let Ok(body) = template.render() else {
        return refuse(org, visit, StatusCode::INTERNAL_SERVER_ERROR, "a page template did not render");
    };
    org.realm.record(Event::PageServed { page, host: visit.host.clone(), path: visit.path.clone() });
    (status, PAGE_HEADERS, body).into_response()
}

/// Answers with a redirect that every browser follows by GET.
pub(crate) fn redirect(location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (StatusCode::FOUND, [(LOCATION, location)], NO_STORE).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Answers with a plain page that says what was wrong, and records the refusal.
pub(crate) fn refuse(org: &Org, visit: &Visit, status: StatusCode, why: &str) -> Response {
    org.realm.record(Event::RequestRefused {
        host: visit.host.clone(),
        path: visit.path.clone(),
        status: status.as_u16(),
        why: why.to_owned(),
    });
    let reason = status.canonical_reason().unwrap_or_default();
    let body = RefusedTemplate { page: PageName::Unknown, status: status.as_u16(), reason, why }.render();
    (status, PAGE_HEADERS, body.unwrap_or_default()).into_response()
}

/// Adds cookies to an answer.
pub(crate) fn with_cookies(mut response: Response, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// JSON that may stand inside a `script` element: nothing in it can end the element.
pub(crate) fn json_for_script(value: &impl serde::Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[derive(Template)]
#[template(path = "org/refused.html")]
struct RefusedTemplate<'a> {
    page: PageName,
    status: u16,
    reason: &'a str,
    why: &'a str,
}

const NO_STORE: [(HeaderName, &str); 1] = [(CACHE_CONTROL, "no-store")];

const PAGE_HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (CACHE_CONTROL, "no-store"),
    (REFERRER_POLICY, "same-origin"),
    // The contract's markup hides some elements by a `style` attribute, hence 'unsafe-inline' for styles.
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
         connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
];
