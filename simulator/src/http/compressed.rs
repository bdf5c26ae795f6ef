//! Bodies that come compressed (RFC 9110, 8.4). The vendor's SOAP client for Java compresses each call unless it is told
//! otherwise, and with it every tool that is built on it (contract K1.12).

use std::io::Read as _;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, StatusCode};

/// Gives handlers the body as it was before it was compressed.
pub(crate) async fn inflated(request: Request, next: Next) -> Response {
    match coding(request.headers()).as_deref() {
        None | Some("" | "identity") => next.run(request).await,
        Some("gzip" | "x-gzip") => {
            let (mut parts, body) = request.into_parts();
            let Ok(compressed) = to_bytes(body, LARGEST).await else { return TOO_LARGE.into_response() };
            match inflate(&compressed) {
                Ok(plain) => {
                    parts.headers.remove(CONTENT_ENCODING);
                    parts.headers.remove(CONTENT_LENGTH);
                    next.run(Request::from_parts(parts, Body::from(plain))).await
                }
                Err(refusal) => refusal.into_response(),
            }
        }
        Some(_) => {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "the org reads bodies that are compressed with gzip").into_response()
        }
    }
}

fn coding(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(CONTENT_ENCODING)?.to_str().unwrap_or_default().trim().to_ascii_lowercase())
}

/// Inflates at most one byte more than the limit, so that a compression bomb stays small.
fn inflate(compressed: &Bytes) -> Result<Vec<u8>, Refusal> {
    let most = u64::try_from(LARGEST).unwrap_or(u64::MAX).saturating_add(1);
    let mut plain = Vec::new();
    let read = GzDecoder::new(compressed.as_ref()).take(most).read_to_end(&mut plain);
    if read.is_err() {
        return Err((StatusCode::BAD_REQUEST, "the body is not compressed as its Content-Encoding says"));
    }
    if plain.len() > LARGEST { Err(TOO_LARGE) } else { Ok(plain) }
}

type Refusal = (StatusCode, &'static str);

const TOO_LARGE: Refusal = (StatusCode::PAYLOAD_TOO_LARGE, "the body is too large, or did not come whole");
/// As much as the handlers read of a body that is not compressed.
const LARGEST: usize = 2 * 1024 * 1024;
