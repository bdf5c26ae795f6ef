//! The host `localhost`: what a listener shows to the person who started it. Everybody else is refused.

use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use openssl::memcmp;
use openssl::sha::sha256;
use vestibule_model::Secret;

use super::admission::Refused;
use crate::http::Fields;

/// Pages for the person who started a simulator. Only who knows the token sees them.
pub trait Console: fmt::Debug + Send + Sync {
    /// The page at this path, which starts with `/`; `None` if there is none.
    fn page(&self, path: &str) -> Option<ConsolePage>;
}

/// A page of a [`Console`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsolePage {
    /// `Content-Type`.
    pub content_type: &'static str,
    /// `Content-Security-Policy`.
    pub policy: String,
    /// The body.
    pub body: String,
}

/// A console behind its guard.
#[derive(Debug)]
pub(super) struct GuardedConsole {
    port: u16,
    /// SHA-256 of the token: of one length, so that the comparison takes the same time for each guess.
    digest: [u8; 32],
    console: Arc<dyn Console>,
}

impl GuardedConsole {
    /// The console of a listener on this port.
    pub(super) fn new(port: u16, token: &Secret, console: Arc<dyn Console>) -> Self {
        Self { port, digest: sha256(token.reveal().as_bytes()), console }
    }

    /// Whether a `Host` header names the host of the console. A page under another name, which its owner let resolve to
    /// this machine, does not reach it.
    pub(super) fn has_host(&self, host: &str) -> bool {
        host.eq_ignore_ascii_case(&format!("{NAME}:{}", self.port))
            || (self.port == HTTPS_PORT && host.eq_ignore_ascii_case(NAME))
    }

    /// Answers one request to the host of the console.
    pub(super) fn answer(&self, request: &Request<Body>) -> Response {
        let answered = self.admit(request).and_then(|()| {
            let page = self.console.page(request.uri().path());
            page.ok_or_else(|| Refused::new(StatusCode::NOT_FOUND, "there is no such page"))
        });
        let mut response = match answered {
            Ok(page) => {
                let headers = [(CONTENT_TYPE, page.content_type), (CONTENT_SECURITY_POLICY, page.policy.as_str())];
                (headers, page.body).into_response()
            }
            Err(refused) => ([(CONTENT_SECURITY_POLICY, "default-src 'none'")], refused).into_response(),
        };
        for (name, value) in GUARDS {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        response
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
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(Refused::new(StatusCode::METHOD_NOT_ALLOWED, "these pages are only read"));
        }
        Ok(())
    }

    /// Whether the request has the token, in its query or as `Authorization: Bearer` (RFC 6750, 2.1 and 2.3).
    fn knows_token(&self, request: &Request<Body>) -> bool {
        let query = Fields::parse(request.uri().query().unwrap_or_default().as_bytes());
        let once = query.get("token").filter(|_| query.repeated(&["token"]).is_none());
        let authorization = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = authorization.and_then(|value| value.strip_prefix("Bearer "));
        let given = once.or(bearer).unwrap_or_default();
        memcmp::eq(&sha256(given.as_bytes()), &self.digest)
    }
}

/// Whether a page of another origin sent the request for something else than to go there (Fetch Metadata, 2).
fn is_embedded(headers: &HeaderMap) -> bool {
    let is = |name: &str, values: &[&str]| {
        headers.get(name).is_some_and(|value| values.iter().any(|known| value.as_bytes() == known.as_bytes()))
    };
    is("sec-fetch-site", &["cross-site", "same-site"]) && !is("sec-fetch-mode", &["navigate"])
}

/// Headers of every answer. The pages show secrets, and their URL holds one.
const GUARDS: [(&str, &str); 6] = [
    ("allow", "GET, HEAD"),
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
];

const NAME: &str = "localhost";
const HTTPS_PORT: u16 = 443;
