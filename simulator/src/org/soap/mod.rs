//! The SOAP API as login tools use it: `login()`, `logout()` and `getUserInfo()` (contract G1.1), by the partner and the
//! enterprise WSDL.

mod call;
mod fault;
mod login;
mod session;
mod user_info;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use axum::{Extension, Router};
use http::{Method, StatusCode};

use self::call::{Call, Endpoint};
use self::fault::{client_fault, unsupported_version};
use super::api::soap_fault;
use super::{Org, not_simulated, page};
use crate::http::routing::any;
use crate::http::{RequestContext, excerpt};
use crate::realm::HostRole;

/// The endpoints, and the `serverUrl` of each, which ends in the organization id.
pub(super) fn routes() -> Router {
    Router::new()
        .route("/services/Soap/u/{version}", any(answer))
        .route("/services/Soap/u/{version}/{org}", any(answer))
        .route("/services/Soap/c/{version}", any(answer))
        .route("/services/Soap/c/{version}/{org}", any(answer))
}

async fn answer(
    Extension(org): Extension<Arc<Org>>,
    method: Method,
    request: RequestContext,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    if matches!(request.host, HostRole::Lightning | HostRole::Setup) {
        return page::refuse(&org, &request, StatusCode::NOT_FOUND, "SOAP must be posted to My Domain or a login host");
    }
    if method != Method::POST {
        return client_fault(&org, &request, "a SOAP call is posted");
    }
    let Some(endpoint) = Endpoint::of_path(&request.path) else {
        return unsupported_version(&org, &request);
    };
    let Ok(body) = body else {
        return client_fault(&org, &request, "the body is too large, or did not come whole");
    };
    let call = match Call::read(&body) {
        Ok(call) => call,
        Err(fault) => return client_fault(&org, &request, &fault.to_string()),
    };
    if call.operation.namespace != endpoint.wsdl.namespace() {
        let name = format!("{{{}}}{}", call.operation.namespace, call.operation.name);
        let why = format!("No operation available for request {name}, please check the WSDL for the service.");
        return client_fault(&org, &request, &excerpt(&why));
    }
    match call.operation.name.as_str() {
        "login" => login::login(&org, &request, endpoint, &call),
        "logout" => session::logout(&org, &request, endpoint, &call),
        "getUserInfo" => session::user_info(&org, &request, endpoint, &call),
        other => {
            // Another name may be anything.
            let known = OPERATIONS.into_iter().find(|known| *known == other);
            not_simulated::record(&org, &request, &method, known.map(|name| format!("{name}()")));
            let what = known.unwrap_or("this operation");
            soap_fault(
                StatusCode::INTERNAL_SERVER_ERROR,
                "soapenv:Server",
                &format!("{what} of the SOAP API is not simulated by Vestibule"),
            )
        }
    }
}

/// Operations that the journal names.
const OPERATIONS: [&str; 16] = [
    "query",
    "queryAll",
    "queryMore",
    "search",
    "create",
    "update",
    "upsert",
    "delete",
    "retrieve",
    "describeGlobal",
    "describeSObject",
    "describeSObjects",
    "getServerTimestamp",
    "setPassword",
    "resetPassword",
    "invalidateSessions",
];
