//! The host `localhost`: what a listener shows to the person who started it, and the control API. Everybody else is refused.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::{ALLOW, AUTHORIZATION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use openssl::memcmp;
use openssl::sha::sha256;
use tower::ServiceExt as _;
use vestibule_model::Secret;

use super::admission::{Refused, read};
use super::limits::Limits;
use crate::control::{self, Console, Realms};
use crate::http::{Fields, media_type};

/// The control API and a console behind their guard.
#[derive(Debug)]
pub(super) struct GuardedConsole {
    port: u16,
    /// SHA-256 of the token: of one length, so that the comparison takes the same time for each guess.
    digest: [u8; 32],
    console: Option<Arc<dyn Console>>,
    api: Router,
    limits: Limits,
}

impl GuardedConsole {
    /// The host of a listener on this port, for who knows the token.
    pub(super) fn new(
        port: u16,
        token: &Secret,
        console: Option<Arc<dyn Console>>,
        realms: Arc<dyn Realms>,
        limits: Limits,
    ) -> Self {
        let api = control::router(realms, console.clone());
        Self { port, digest: sha256(token.reveal().as_bytes()), console, api, limits }
    }

    /// Whether a `Host` header names the host of the console. A page under another name, which its owner let resolve to
    /// this machine, does not reach it.
    pub(super) fn has_host(&self, host: &str) -> bool {
        host.eq_ignore_ascii_case(&format!("{NAME}:{}", self.port))
            || (self.port == HTTPS_PORT && host.eq_ignore_ascii_case(NAME))
    }

    /// Answers one request to this host.
    pub(super) async fn answer(&self, request: Request<Body>) -> Response {
        let mut response = if control::serves(request.uri().path()) {
            let answered = self.api(request).await;
            answered.unwrap_or_else(|refused| control::refusal(refused.status, &refused.why))
        } else {
            let mut page = self.page(request).await.unwrap_or_else(Refused::into_response);
            page.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
            page
        };
        let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
        response.headers_mut().entry(CONTENT_SECURITY_POLICY).or_insert(nothing);
        for (name, value) in GUARDS {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        response
    }

    /// What the API answers, to a body that no page of another origin may send unasked.
    async fn api(&self, request: Request<Body>) -> Result<Response, Refused> {
        self.admit(&request)?;
        let (parts, body) = request.into_parts();
        let bytes = read(&parts.headers, body, &self.limits).await?;
        if !bytes.is_empty() && media_type(&parts.headers).as_deref() != Some(JSON) {
            return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("send the body as {JSON}")));
        }
        let request = Request::from_parts(parts, Body::from(bytes));
        Ok(self.api.clone().oneshot(request).await.into_response())
    }

    async fn page(&self, request: Request<Body>) -> Result<Response, Refused> {
        self.admit(&request)?;
        if is_form_of_a_page(&request) {
            return self.form(request).await;
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(Refused::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "these pages are read, and take the forms that they have",
            ));
        }
        let page = self.console.as_ref().and_then(|console| console.page(request.uri().path()));
        let page = page.ok_or_else(|| Refused::new(StatusCode::NOT_FOUND, "there is no such page"))?;
        let headers = [(CONTENT_TYPE, page.content_type), (CONTENT_SECURITY_POLICY, page.policy.as_str())];
        Ok((headers, page.body).into_response())
    }

    /// What a form of a page asks for. Its page is the one that it was posted to.
    async fn form(&self, request: Request<Body>) -> Result<Response, Refused> {
        let (parts, body) = request.into_parts();
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let form = read(&parts.headers, body, &self.limits).await?;
        let asked = control::asked_by_form(parts, &form).map_err(|why| Refused::new(StatusCode::BAD_REQUEST, why))?;
        let answer = self.api.clone().oneshot(asked).await.into_response();
        Ok(control::answer_to_form(answer, &query).await)
    }

    fn admit(&self, request: &Request<Body>) -> Result<(), Refused> {
        let headers = request.headers();
        let own = format!("https://{NAME}:{}", self.port);
        let foreign = headers.get_all(ORIGIN).iter().any(|origin| origin.as_bytes() != own.as_bytes());
        if foreign || headers.get_all(HOST).iter().count() != 1 || is_embedded(headers) {
            return Err(Refused::new(StatusCode::FORBIDDEN, "a page of another origin sent the request"));
        }
        if !self.knows_token(request) {
            let why = "open the address that the program printed at its start: it ends with a token";
            return Err(Refused::new(StatusCode::UNAUTHORIZED, why));
        }
        Ok(())
    }

    /// Whether the request has the token, in its query or as `Authorization: Bearer` (RFC 6750, 2.1 and 2.3).
    fn knows_token(&self, request: &Request<Body>) -> bool {
        let query = Fields::parse(request.uri().query().unwrap_or_default().as_bytes());
        let once = query.get("token").filter(|_| query.repeated(&["token"]).is_none());
        let authorization = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = authorization.and_then(|value| value.split_once(' '));
        let bearer = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
        let given = once.or(bearer).unwrap_or_default();
        memcmp::eq(&sha256(given.as_bytes()), &self.digest)
    }
}

/// Whether a form sent the request. Browsers name the origin of each form that they post, and another one than that of the pages
/// is refused (Fetch, "append a request Origin header").
fn is_form_of_a_page(request: &Request<Body>) -> bool {
    let headers = request.headers();
    *request.method() == Method::POST && headers.contains_key(ORIGIN) && media_type(headers).as_deref() == Some(FORM)
}

/// Whether a page of another origin sent the request for something else than to go there (Fetch Metadata, 2).
fn is_embedded(headers: &HeaderMap) -> bool {
    let is = |name: &str, values: &[&str]| {
        headers.get(name).is_some_and(|value| values.iter().any(|known| value.as_bytes() == known.as_bytes()))
    };
    is("sec-fetch-site", &["cross-site", "same-site"]) && !is("sec-fetch-mode", &["navigate"])
}

/// Headers of every answer. The pages show secrets, and their URL holds one.
const GUARDS: [(&str, &str); 5] = [
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    // With `no-referrer`, browsers would not name the origin of a form.
    ("referrer-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
];

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const NAME: &str = "localhost";
const HTTPS_PORT: u16 = 443;
