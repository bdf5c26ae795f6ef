//! The APIs of the org, told apart by the path, and a refusal in the form of each.

use askama::Template;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::json;

/// The protocol in which a caller expects its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    /// RFC 6749, 5.2.
    OAuth,
    /// SOAP 1.1.
    Soap,
    /// The REST APIs, and the identity URL.
    Rest,
}

impl Api {
    /// The API of this path; `None` for a page. Single sign-on is for browsers, and is answered with pages.
    pub(super) fn of_path(path: &str) -> Option<Self> {
        let plain = path.to_ascii_lowercase();
        let under = |prefix: &str| plain.starts_with(prefix);
        if under("/services/soap/") {
            Some(Self::Soap)
        } else if under("/services/oauth2/") {
            Some(Self::OAuth)
        } else if (under("/services/") && !under("/services/auth")) || under("/id/") {
            Some(Self::Rest)
        } else {
            None
        }
    }

    /// A refusal with this status and reason.
    pub(super) fn refusal(self, status: StatusCode, why: &str) -> Response {
        match self {
            Self::OAuth => {
                let body = json!({ "error": "invalid_request", "error_description": why });
                (status, Json(body)).into_response()
            }
            Self::Rest => {
                let code = status.canonical_reason().unwrap_or_default().to_ascii_uppercase().replace(' ', "_");
                (status, Json(json!([{ "errorCode": code, "message": why }]))).into_response()
            }
            Self::Soap => soap_fault(status, "soapenv:Client", why),
        }
    }
}

/// A fault of SOAP itself, without the detail that those of the vendor have. What comes of a call has status 500 (SOAP 1.1,
/// 6.2).
pub(super) fn soap_fault(status: StatusCode, code: &'static str, why: &str) -> Response {
    let fault = SoapFault { code, why }.render().unwrap_or_default();
    (status, [(CONTENT_TYPE, "text/xml; charset=utf-8")], fault).into_response()
}

#[derive(Template)]
#[template(path = "org/soap_fault.xml")]
struct SoapFault<'a> {
    code: &'static str,
    why: &'a str,
}
