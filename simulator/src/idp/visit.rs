//! One request as every endpoint of the identity provider needs it.

use std::convert::Infallible;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum_extra::extract::CookieJar;
use http::header::AUTHORIZATION;
use url::form_urlencoded;

/// A request: query, form, cookies and authorization. Reading it never fails; what is wrong with it is answered in the
/// words of the protocol.
pub(super) struct Visit {
    /// Path without query.
    pub(super) path: String,
    /// The query string as it was sent, without `?`.
    pub(super) raw_query: String,
    /// The fields of the query string.
    pub(super) query: Fields,
    /// The fields of the posted form.
    pub(super) form: Fields,
    /// The body as it was sent; empty where it was too large.
    pub(super) body: String,
    /// Whether the body was too large to be read.
    pub(super) too_large: bool,
    /// The `Authorization` header.
    pub(super) authorization: Option<String>,
    cookies: CookieJar,
}

/// Name and value pairs in the order in which they were sent.
#[derive(Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Visit {
    /// The value of a cookie.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(|cookie| cookie.value())
    }
}

impl<S: Send + Sync> FromRequest<S> for Visit {
    type Rejection = Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Self, Infallible> {
        let headers = request.headers();
        let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let cookies = CookieJar::from_headers(headers);
        let path = request.uri().path().to_owned();
        let raw_query = request.uri().query().unwrap_or_default().to_owned();
        let bytes = Bytes::from_request(request, state).await;
        Ok(Self {
            path,
            query: Fields::parse(raw_query.as_bytes()),
            raw_query,
            too_large: bytes.is_err(),
            form: Fields::parse(bytes.as_deref().unwrap_or_default()),
            body: String::from_utf8_lossy(bytes.as_deref().unwrap_or_default()).into_owned(),
            authorization,
            cookies,
        })
    }
}

impl Fields {
    /// Reads `application/x-www-form-urlencoded` bytes; bad percent-encoding and bad UTF-8 are replaced.
    fn parse(bytes: &[u8]) -> Self {
        Self(form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// The first value of this name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first value of this name, the empty string where it was not sent.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// The first of these names that was sent more than once.
    pub(super) fn repeated<'a>(&self, names: &[&'a str]) -> Option<&'a str> {
        names.iter().copied().find(|name| self.0.iter().filter(|(key, _)| key == name).count() > 1)
    }
}
