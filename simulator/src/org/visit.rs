//! One request as every page of the org needs it.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum_extra::extract::CookieJar;
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::fields::Fields;
use crate::realm::HostRole;
use vestibule_model::Secret;

/// A request: where it arrived and what it brought, its body aside.
#[derive(Clone)]
pub(crate) struct Visit {
    /// The host of the org that was asked; the server puts it on the request.
    pub(crate) host: HostRole,
    /// Path without query.
    pub(crate) path: String,
    /// The query string as it was sent, without `?`.
    pub(crate) raw_query: String,
    /// The fields of the query string.
    pub(crate) query: Fields,
    /// The cookies that came with it.
    pub(crate) cookies: CookieJar,
    /// The access token of an `Authorization: Bearer` header.
    pub(crate) bearer: Option<Secret>,
}

impl Visit {
    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(|cookie| cookie.value())
    }

    /// Path and query as they were sent.
    pub(crate) fn path_and_query(&self) -> String {
        if self.raw_query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.raw_query) }
    }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        let bearer = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = bearer
            .and_then(|value| value.split_once(' '))
            .and_then(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer").then(|| Secret::new(token.trim())));
        Ok(Self {
            host: parts.extensions.get::<HostRole>().cloned().unwrap_or(HostRole::MyDomain),
            path: parts.uri.path().to_owned(),
            query: Fields::parse(raw_query.as_bytes()),
            cookies: CookieJar::from_headers(&parts.headers),
            raw_query,
            bearer,
        })
    }
}
