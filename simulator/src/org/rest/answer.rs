//! Answers in the form of the REST API.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

use super::soql::Fault;
use crate::http::RequestContext;
use crate::org::token_use::{TokenUse, allows};
use crate::org::{Org, dispatcher};
use crate::realm::{OrgSession, User};

/// The caller, or the answer to a call without a valid session. A header with more than a token is no header of a token,
/// such as one with what `sf org display` prints (contract J1.6).
pub(super) fn caller(org: &Org, request: &RequestContext) -> Result<(User, OrgSession), Box<Response>> {
    if request.access_token().is_some_and(|token| token.reveal().contains(char::is_whitespace)) {
        return Err(Box::new(error(StatusCode::UNAUTHORIZED, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")));
    }
    let (user, session) = dispatcher::api_user(org, request)
        .map_err(|status| Box::new(error(status, "INVALID_SESSION_ID", "Session expired or invalid")))?;
    if !allows(org, request, &session, TokenUse::Api, StatusCode::UNAUTHORIZED) {
        return Err(Box::new(error(StatusCode::UNAUTHORIZED, "INVALID_SESSION_ID", NOT_FOR_THE_API)));
    }
    Ok((user, session))
}

/// Background.
const NOT_FOR_THE_API: &str = "This session is not valid for use with the REST API";

/// An error.
pub(super) fn error(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!([{ "message": message, "errorCode": code }]))).into_response()
}

/// What is wrong with a query.
pub(super) fn fault(fault: &Fault, query: &str) -> Response {
    error(StatusCode::BAD_REQUEST, fault.code.text(), &fault.text(query))
}
