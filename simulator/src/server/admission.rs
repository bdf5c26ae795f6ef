//! Which requests reach a router: their body has come in time and whole, and is of a type that an endpoint reads.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::{IntoResponse, Response};

use super::limits::Limits;

/// A request that reaches no router.
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
        (self.status, [(CONNECTION, "close")], format!("{}\n", self.why)).into_response()
    }
}

/// The request with its whole body.
pub(super) async fn admit(request: Request<Body>, limits: &Limits) -> Result<Request<Body>, Refused> {
    let (parts, body) = request.into_parts();
    let bytes = read(&parts.headers, body, limits).await?;
    if !bytes.is_empty() && !is_read_by_an_endpoint(&parts.headers) {
        let why = "a form is posted as application/x-www-form-urlencoded";
        return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

async fn read(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<Bytes, Refused> {
    let too_large = || {
        let why = format!("the body of a request has at most {} bytes", limits.body_bytes);
        Refused::new(StatusCode::PAYLOAD_TOO_LARGE, why)
    };
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limits.body_bytes) {
        return Err(too_large());
    }
    match tokio::time::timeout(limits.body, to_bytes(body, limits.body_bytes)).await {
        Ok(read) => read.map_err(|_| too_large()),
        Err(_) => {
            let why = format!("the body did not come within {} seconds", limits.body.as_secs());
            Err(Refused::new(StatusCode::REQUEST_TIMEOUT, why))
        }
    }
}

/// Whether the type of a body is not one of those that the forms and scripts of other sites may send without being asked
/// (Fetch, "CORS-safelisted request-header") and that no endpoint reads.
fn is_read_by_an_endpoint(headers: &HeaderMap) -> bool {
    let Some(given) = headers.get(CONTENT_TYPE) else { return false };
    let essence = given.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    !["", "text/plain", "multipart/form-data"].contains(&essence.as_str())
}
