//! Decides which requests reach a router. The origin that sent a request must be allowed to, and its body must arrive in
//! time, fit, and be a form if a page sent it.

use std::io;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, ORIGIN};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::future::ready;
use futures_util::stream::{self, StreamExt as _};

use super::limits::Limits;
use crate::http::{CrossOrigin, FromOtherOrigin, media_type, sentence};
use crate::realm::{HostRole, Realm};
use crate::{idp, org, products};

/// Why a request does not reach a router.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) why: String,
}

impl Refused {
    pub(super) fn new(status: StatusCode, why: impl Into<String>) -> Self {
        Self { status, why: why.into() }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.status, [(CONNECTION, "close")], format!("{}\n", sentence(&self.why))).into_response()
    }
}

/// Returns the request with its whole body.
pub(super) async fn admit(
    request: Request<Body>,
    realm: &Realm,
    role: &HostRole,
    limits: &Limits,
) -> Result<Request<Body>, Refused> {
    let (mut parts, body) = request.into_parts();
    if let Some(origin) = other_origin(&parts.headers, realm, role) {
        if !may_send(&origin, parts.uri.path(), realm, role) {
            let why = format!("a page of another origin sent the request: {}", shortened(&origin));
            return Err(Refused::new(StatusCode::FORBIDDEN, why));
        }
        parts.extensions.insert(FromOtherOrigin);
    }
    let bytes = match read(&parts.headers, body, limits).await {
        // Its endpoints refuse it in the words of their protocols.
        Err(refused) if refused.status == StatusCode::PAYLOAD_TOO_LARGE && matches!(role, HostRole::Idp(_)) => {
            return Ok(Request::from_parts(parts, unreadable()));
        }
        read => read?,
    };
    if parts.headers.contains_key(ORIGIN) && !bytes.is_empty() && may_be_sent_unasked(&parts.headers) {
        let why = "post forms as application/x-www-form-urlencoded";
        return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// The `Origin` header, if it is foreign to the requested host. The hosts of one org are not foreign to one another.
fn other_origin(headers: &HeaderMap, realm: &Realm, role: &HostRole) -> Option<String> {
    let of_another = |role: &HostRole| matches!(role, HostRole::Idp(_) | HostRole::Product(_));
    let own = |origin: &str| match realm.hosts.role_of_origin(origin) {
        Some(from) => from == *role || (!of_another(&from) && !of_another(role)),
        None => false,
    };
    let origins = headers.get_all(ORIGIN).iter().map(|origin| String::from_utf8_lossy(origin.as_bytes()).into_owned());
    origins.into_iter().find(|origin| !own(origin))
}

fn may_send(origin: &str, path: &str, realm: &Realm, role: &HostRole) -> bool {
    let (allowed, trust) = match role {
        HostRole::Idp(key) => (idp::cross_origin(path), realm.trust(key)),
        HostRole::Product(_) => (products::cross_origin(path), None),
        _ => (org::cross_origin(path), None),
    };
    match allowed {
        CrossOrigin::Refused => false,
        CrossOrigin::FrontChannel => true,
        CrossOrigin::RegisteredClient => trust.is_some_and(|trust| trust.has_client_at(origin)),
    }
}

fn shortened(origin: &str) -> String {
    origin.chars().take(100).collect()
}

/// The whole body of a request, within the limits. A body beyond them is read too, and forgotten: a client that is answered
/// while it still sends may lose the answer.
pub(super) async fn read(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<Bytes, Refused> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let too_large = || {
        let why = format!("the body of a request has at most {} bytes", limits.body_bytes);
        Refused::new(StatusCode::PAYLOAD_TOO_LARGE, why)
    };
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MOST_READ) {
        return Err(too_large());
    }
    match tokio::time::timeout(limits.body, whole(body, limits.body_bytes)).await {
        Ok(whole) => whole.ok_or_else(too_large),
        Err(_) => {
            let why = format!("the body did not come within {} seconds", limits.body.as_secs());
            Err(Refused::new(StatusCode::REQUEST_TIMEOUT, why))
        }
    }
}

/// A body, if it has at most so many bytes and comes to its end.
async fn whole(body: Body, most: usize) -> Option<Bytes> {
    let mut frames = body.into_data_stream();
    let (mut kept, mut length) = (Vec::new(), 0_usize);
    while let Some(frame) = frames.next().await {
        let frame = frame.ok()?;
        length = length.saturating_add(frame.len());
        if length > MOST_READ {
            return None;
        }
        if length <= most {
            kept.extend_from_slice(&frame);
        } else {
            kept = Vec::new();
        }
    }
    (length <= most).then(|| Bytes::from(kept))
}

/// A body that every extractor rejects.
fn unreadable() -> Body {
    Body::from_stream(stream::once(ready(Err::<Bytes, _>(io::Error::other("the body is too large")))))
}

/// Whether pages of any origin may send a body of this type without a preflight (Fetch, "CORS-safelisted request-header"),
/// and it is not a form.
fn may_be_sent_unasked(headers: &HeaderMap) -> bool {
    let essence = media_type(headers).unwrap_or_default();
    ["", "text/plain", "multipart/form-data"].contains(&essence.as_str())
}

/// Most bytes of a body that are read to be forgotten.
const MOST_READ: usize = 64 * 1024 * 1024;
