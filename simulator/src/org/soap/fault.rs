//! Faults. Clients read the two elements of the detail, or the text alone, and all take status 500 for a failure (contract
//! G1.2).

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;

use super::call::{Endpoint, Wsdl};
use crate::http::RequestContext;
use crate::org::Org;
use crate::org::api::soap_fault;
use crate::realm::Event;

/// A fault of the API.
pub(super) struct Fault {
    /// The element in its detail.
    element: &'static str,
    /// `sf:exceptionCode`.
    code: &'static str,
    /// `sf:exceptionMessage`.
    message: String,
}

impl Fault {
    /// Of a login.
    pub(super) fn login(code: &'static str, message: impl Into<String>) -> Self {
        Self { element: "LoginFault", code, message: message.into() }
    }

    /// Of anything else.
    pub(super) fn unexpected(code: &'static str, message: impl Into<String>) -> Self {
        Self { element: "UnexpectedErrorFault", code, message: message.into() }
    }

    /// The answer, which the journal records as refused.
    pub(super) fn answer(&self, org: &Org, request: &RequestContext, wsdl: Wsdl) -> Response {
        record(org, request, format!("{}: {}", self.code, self.message));
        let Self { element, code, message } = self;
        let template = FaultTemplate { namespace: wsdl.fault_namespace(), element, code, message };
        xml(StatusCode::INTERNAL_SERVER_ERROR, &template)
    }
}

/// A call without a session, or with one that is closed.
pub(super) fn invalid_session(org: &Org, request: &RequestContext, endpoint: Endpoint) -> Response {
    let message = "Invalid Session ID found in SessionHeader: Illegal Session";
    Fault::unexpected("INVALID_SESSION_ID", message).answer(org, request, endpoint.wsdl)
}

/// A version that the org does not have (background: the message).
pub(super) fn unsupported_version(org: &Org, request: &RequestContext) -> Response {
    let message = "Invalid Api version specified on URL";
    Fault::unexpected("UNSUPPORTED_API_VERSION", message).answer(org, request, Wsdl::Partner)
}

/// A call that cannot be read, for which the vendor's WSDLs have no fault (SOAP 1.1, 4.4.1).
pub(super) fn client_fault(org: &Org, request: &RequestContext, why: &str) -> Response {
    record(org, request, why.to_owned());
    soap_fault(StatusCode::INTERNAL_SERVER_ERROR, "soapenv:Client", why)
}

fn record(org: &Org, request: &RequestContext, why: String) {
    org.realm.record(Event::RequestRefused {
        host: request.host.clone(),
        path: request.path.clone(),
        status: StatusCode::INTERNAL_SERVER_ERROR.as_u16(),
        why,
    });
}

/// Answers with a document.
pub(super) fn xml(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(document) => (status, [(CONTENT_TYPE, "text/xml; charset=utf-8")], document).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[derive(Template)]
#[template(path = "org/soap_api_fault.xml")]
struct FaultTemplate<'a> {
    namespace: &'a str,
    element: &'a str,
    code: &'a str,
    message: &'a str,
}
