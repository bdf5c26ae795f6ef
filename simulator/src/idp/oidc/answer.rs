//! Answers in JSON and refusals of the endpoints that clients call.
//!
//! Source: RFC 6749 5.1 and 5.2, RFC 9449 8.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use super::dpop;
use crate::attacks::HttpAnswer;
use crate::http::NOT_STORED;
use crate::idp::state::Idp;
use crate::oidc::{DPOP_NONCE_HEADER, ErrorCode, TokenError};

/// An answer that nobody keeps.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    (status, NOT_STORED, Json(body)).into_response()
}

/// The answer of an attack.
pub(super) fn wrong(answer: HttpAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, [(CONTENT_TYPE, answer.kind)], NOT_STORED, answer.body).into_response()
}

/// Refuses a request of a client, and records it.
pub(super) fn refuse(idp: &Idp, error: &TokenError) -> Response {
    idp.record_refusal(error.code.as_str(), error.description.clone(), None);
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let response = (status, [(CONTENT_TYPE, "application/json")], NOT_STORED, error.body());
    let mut response = response.into_response();
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Basic realm=\"token endpoint\"");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    if error.code == ErrorCode::UseDpopNonce {
        add_nonce(idp, &mut response);
    }
    response
}

/// Adds a nonce for the next DPoP proof.
pub(super) fn add_nonce(idp: &Idp, response: &mut Response) {
    if let Ok(nonce) = HeaderValue::from_str(&dpop::new_nonce(idp)) {
        response.headers_mut().insert(HeaderName::from_static(DPOP_NONCE_HEADER), nonce);
    }
}
