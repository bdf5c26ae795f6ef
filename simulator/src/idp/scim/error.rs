//! Errors of SCIM. Source: RFC 7644 3.12.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::json;

/// The media type of every message (RFC 7644 3.1).
pub(super) const MEDIA_TYPE: &str = "application/scim+json";

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub(super) struct ScimError {
    /// HTTP status.
    pub(super) status: StatusCode,
    /// `scimType`, where the RFC has one.
    pub(super) kind: Option<&'static str>,
    /// What is wrong.
    pub(super) detail: String,
}

impl ScimError {
    /// A bad request of this `scimType`.
    pub(super) fn bad(kind: &'static str, detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, kind: Some(kind), detail: detail.into() }
    }

    /// Another refusal.
    pub(super) fn of(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, kind: None, detail: detail.into() }
    }

    /// A value that another resource has.
    pub(super) fn taken(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::CONFLICT, kind: Some("uniqueness"), detail: detail.into() }
    }

    /// There is no such resource.
    pub(super) fn unknown(id: &str) -> Self {
        Self::of(StatusCode::NOT_FOUND, format!("Resource {id} not found"))
    }
}

impl IntoResponse for ScimError {
    fn into_response(self) -> Response {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": self.status.as_str(),
            "detail": self.detail,
        });
        if let Some(kind) = self.kind {
            body["scimType"] = kind.into();
        }
        let mut response = (self.status, [(CONTENT_TYPE, MEDIA_TYPE)], body.to_string()).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"scim\""));
        }
        response
    }
}
