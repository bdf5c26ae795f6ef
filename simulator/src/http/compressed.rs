//! Bodies that come compressed (RFC 9110, 8.4). The vendor's SOAP client for Java compresses each call unless it is told
//! otherwise, and with it every tool that is built on it (contract K1.12).

use std::io::Read as _;

use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use flate2::read::GzDecoder;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::request::Parts;
use http::{HeaderMap, StatusCode};

/// The body as it was before it was compressed; no larger than handlers read.
///
/// # Errors
///
/// Status and reason of the refusal.
pub(crate) async fn inflated(parts: &mut Parts, body: Body) -> Result<Body, (StatusCode, &'static str)> {
    match coding(&parts.headers).as_deref() {
        None | Some("" | "identity") if is_larger(&body) => Err(TOO_LARGE),
        None | Some("" | "identity") => Ok(body),
        Some("gzip" | "x-gzip") => {
            let compressed = to_bytes(body, LARGEST).await.map_err(|_| TOO_LARGE)?;
            let plain = inflate(&compressed)?;
            parts.headers.remove(CONTENT_ENCODING);
            parts.headers.remove(CONTENT_LENGTH);
            Ok(Body::from(plain))
        }
        Some(_) => Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "the org reads bodies that are compressed with gzip")),
    }
}

fn is_larger(body: &Body) -> bool {
    body.size_hint().exact().is_some_and(|size| usize::try_from(size).is_ok_and(|size| size > LARGEST))
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
/// As much as the handlers read.
const LARGEST: usize = 2 * 1024 * 1024;
