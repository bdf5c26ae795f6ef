//! Pages, assets and redirects, with the headers that each carries.

use askama::Template;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY};
use http::{HeaderValue, StatusCode};

/// What the pages of the identity provider and of the products beside the org may load.
pub(crate) const IDP_POLICY: &str =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'";

/// What the pages of the org may load. The contract's markup hides some elements with a `style` attribute, so styles
/// need 'unsafe-inline'.
pub(crate) const ORG_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// [`ORG_POLICY`], with these inline event handlers permitted by their hashes (CSP Level 3, 8.3).
pub(crate) fn org_policy(handlers: &[&str]) -> String {
    let hash =
        |handler: &&str| format!(" 'sha256-{}'", BASE64_STANDARD.encode(openssl::sha::sha256(handler.as_bytes())));
    let permitted: String = handlers.iter().map(hash).collect();
    let hashes = if permitted.is_empty() { String::new() } else { format!(" 'unsafe-hashes'{permitted}") };
    ORG_POLICY.replace("script-src 'self'", &format!("script-src 'self'{hashes}"))
}

/// The type of an asset.
#[derive(Clone, Copy)]
pub(crate) enum ContentType {
    /// A style sheet.
    Css,
    /// A script.
    JavaScript,
}

/// Headers of an answer that holds a token or says whose it is: nobody keeps it, not even a cache that knows only HTTP/1.0
/// (RFC 6749 5.1).
pub(crate) const NOT_STORED: [(&str, &str); 2] = [("cache-control", "no-store"), ("pragma", "no-cache")];

/// A page that browsers do not cache. `policy` is its `Content-Security-Policy`.
pub(crate) fn html(status: StatusCode, policy: &str, template: &impl Template) -> askama::Result<Response> {
    Ok(html_text(status, policy, template.render()?))
}

/// The same, of a page that is already rendered.
pub(crate) fn html_text(status: StatusCode, policy: &str, text: String) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "same-origin"),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    (status, headers, text).into_response()
}

/// A style sheet or a script.
pub(crate) async fn asset(content_type: ContentType, body: &'static str) -> Response {
    let content_type = match content_type {
        ContentType::Css => "text/css; charset=utf-8",
        ContentType::JavaScript => "text/javascript; charset=utf-8",
    };
    ([(CONTENT_TYPE, content_type), (CACHE_CONTROL, "public, max-age=3600")], body).into_response()
}

/// The redirect of the org: `302 Found`, which every browser follows with GET.
pub(crate) fn found(location: &str) -> Response {
    redirect(StatusCode::FOUND, location)
}

/// The redirect of the identity provider: `303 See Other`.
pub(crate) fn see_other(location: &str) -> Response {
    redirect(StatusCode::SEE_OTHER, location)
}

fn redirect(status: StatusCode, location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (status, [(LOCATION, location)], [(CACHE_CONTROL, "no-store")]).into_response(),
        Err(_) => {
            (StatusCode::BAD_REQUEST, "The address to go to has a character that no header holds.\n").into_response()
        }
    }
}
