//! What the API answers to a request that it refuses.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::http::sentence;

/// Why a request is refused.
#[derive(Debug)]
pub(super) struct ControlError {
    status: StatusCode,
    why: String,
}

impl ControlError {
    /// The request cannot be read.
    pub(super) fn bad(why: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, why: why.into() }
    }

    /// There is no such thing.
    pub(super) fn not_found(why: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, why: why.into() }
    }

    /// The thing has another method.
    pub(super) fn other_method() -> Self {
        Self { status: StatusCode::METHOD_NOT_ALLOWED, why: "this resource does not take the method".to_owned() }
    }

    /// The thing is in a state in which that is not possible.
    pub(super) fn conflict(why: impl Into<String>) -> Self {
        Self { status: StatusCode::CONFLICT, why: why.into() }
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        refusal(self.status, &self.why)
    }
}

/// The body of every refusal.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Refusal {
    /// Why, in one sentence.
    error: String,
}

/// A refusal with this status and reason.
pub(crate) fn refusal(status: StatusCode, why: &str) -> Response {
    (status, Json(Refusal { error: sentence(why) })).into_response()
}
