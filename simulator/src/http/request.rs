//! One request as every handler reads it.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum_extra::extract::CookieJar;
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use url::form_urlencoded;
use vestibule_model::Secret;

use super::{Fields, FromOtherOrigin};
use crate::realm::HostRole;

/// A request without its body. Reading it never fails: the handlers report mistakes in the terms of their protocol.
#[derive(Clone)]
pub(crate) struct RequestContext {
    /// The requested host, set by the server.
    pub(crate) host: HostRole,
    /// Path without query.
    pub(crate) path: String,
    /// The query string as it was sent, without `?`.
    pub(crate) raw_query: String,
    /// The fields of the query string.
    pub(crate) query: Fields,
    /// The `Authorization` header.
    pub(crate) authorization: Option<String>,
    /// The DPoP proofs that it carries; a good request has at most one (RFC 9449, 4.1 and 4.3).
    pub(crate) dpop_proofs: Vec<String>,
    /// Whether a page of another origin sent it.
    pub(crate) from_other_origin: bool,
    /// The certificates of the client at the other end of the connection, which has proved that it holds the key of the first.
    pub(crate) client_certificates: Option<ClientCertificates>,
    cookies: CookieJar,
}

/// The certificates that a TLS client sent, DER: its own, which is there, then those that vouch for it.
#[derive(Debug, Clone)]
pub(crate) struct ClientCertificates(Arc<[Vec<u8>]>);

impl ClientCertificates {
    /// The certificates of a client; `None` if it sent none.
    pub(crate) fn of(sent: impl IntoIterator<Item = Vec<u8>>) -> Option<Self> {
        let sent: Arc<[Vec<u8>]> = sent.into_iter().collect();
        (!sent.is_empty()).then_some(Self(sent))
    }

    /// The certificate of the client itself.
    pub(crate) fn own(&self) -> &[u8] {
        self.0.first().map(Vec::as_slice).unwrap_or_default()
    }

    /// Those that vouch for it.
    pub(crate) fn others(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().skip(1).map(Vec::as_slice)
    }
}

/// Whether a path is text once its escapes are undone (RFC 3986, 2.5).
pub(crate) fn is_text(path: &str) -> bool {
    if path.is_ascii() && !path.contains('%') {
        return true;
    }
    let garbled = |part: &str| part.contains(char::REPLACEMENT_CHARACTER);
    form_urlencoded::parse(path.as_bytes()).all(|(name, value)| !garbled(&name) && !garbled(&value))
}

/// A posted form. A body of another media type has no fields.
pub(crate) struct Form {
    /// Its fields.
    pub(crate) fields: Fields,
    /// The body as it was sent; bad UTF-8 is replaced.
    pub(crate) body: String,
}

impl RequestContext {
    /// The value of a cookie, percent-decoded.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(|cookie| cookie.value_trimmed())
    }

    /// The access token of an `Authorization: Bearer` header (RFC 6750, 2.1).
    pub(crate) fn bearer(&self) -> Option<Secret> {
        self.token_of(&["bearer"])
    }

    /// The access token of an `Authorization: DPoP` header (RFC 9449, 7.1).
    pub(crate) fn dpop_bound(&self) -> Option<Secret> {
        self.token_of(&["dpop"])
    }

    /// Whether it carries a DPoP proof.
    pub(crate) fn has_dpop_proof(&self) -> bool {
        !self.dpop_proofs.is_empty()
    }

    /// The access token of the header as the org takes it: `Bearer`, or `OAuth` (contract K1.13).
    pub(crate) fn access_token(&self) -> Option<Secret> {
        self.token_of(&["bearer", "oauth"])
    }

    fn token_of(&self, schemes: &[&str]) -> Option<Secret> {
        let (scheme, token) = self.authorization.as_deref()?.split_once(' ')?;
        let known = schemes.iter().any(|known| scheme.eq_ignore_ascii_case(known));
        known.then(|| Secret::new(token.trim()))
    }

    /// Path and query as they were sent.
    pub(crate) fn path_and_query(&self) -> String {
        if self.raw_query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.raw_query) }
    }
}

impl<S: Sync> FromRequestParts<S> for RequestContext {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        let authorization = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        Ok(Self {
            host: parts.extensions.get::<HostRole>().cloned().unwrap_or(HostRole::MyDomain),
            path: parts.uri.path().to_owned(),
            query: Fields::parse(raw_query.as_bytes()),
            authorization: authorization.map(str::to_owned),
            dpop_proofs: parts
                .headers
                .get_all("dpop")
                .iter()
                .map(|proof| String::from_utf8_lossy(proof.as_bytes()).into_owned())
                .collect(),
            client_certificates: parts.extensions.get::<ClientCertificates>().cloned(),
            from_other_origin: parts.extensions.get::<FromOtherOrigin>().is_some(),
            cookies: CookieJar::from_headers(&parts.headers),
            raw_query,
        })
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    /// The body is too large, or the connection was cut.
    type Rejection = BytesRejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, BytesRejection> {
        let is_form = media_type(request.headers()).is_some_and(|essence| essence == FORM);
        let bytes = Bytes::from_request(request, state).await?;
        let bytes = if is_form { bytes } else { Bytes::new() };
        Ok(Self { fields: Fields::parse(&bytes), body: String::from_utf8_lossy(&bytes).into_owned() })
    }
}

/// The media type of a body, without its parameters, in lower case.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<String> {
    let given = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

const FORM: &str = "application/x-www-form-urlencoded";
