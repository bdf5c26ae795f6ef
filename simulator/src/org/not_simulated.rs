//! Endpoints and pages of a real org that are not simulated. Each call is answered in the form of its protocol, and the
//! journal says what was asked for.

use std::sync::Arc;

use askama::Template;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json, Router};
use http::{Method, StatusCode};
use serde_json::json;

use super::api::{Api, soap_fault};
use super::{Org, page, paths};
use crate::http::routing::get;
use crate::http::{Fields, ORG_POLICY, RequestContext, html};
use crate::realm::Event;
use vestibule_model::PageName;

/// The pages to which the links of the login page lead.
pub(super) fn routes() -> Router {
    PAGES.into_iter().fold(Router::new(), |router, (path, name)| {
        let shown = move |Extension(org): Extension<Arc<Org>>, request: RequestContext| async move {
            show(&org, &request, name)
        };
        router.route(path, get(shown))
    })
}

/// Says that a page is not simulated. It is no page of a login, so the journal holds only that it was asked for.
fn show(org: &Org, request: &RequestContext, name: &'static str) -> Response {
    record(org, request, &Method::GET, None);
    let template = NotSimulatedTemplate { page: PageName::Unknown, name };
    html(StatusCode::OK, ORG_POLICY, &template).unwrap_or_else(|_| page::not_rendered(org, request))
}

/// The answer to a call of an API that is not simulated; `None` where the path is none of an API.
pub(super) fn answer(org: &Org, request: &RequestContext, method: &Method, posted: &Fields) -> Option<Response> {
    let api = Api::of_path(&request.path)?;
    let grant = request.query.get("grant_type").or_else(|| posted.get("grant_type"));
    record(org, request, method, what(request, api, grant));
    let why = message(&request.path);
    Some(match api {
        Api::OAuth => {
            let error = if grant.is_some() { "unsupported_grant_type" } else { "invalid_request" };
            let body = json!({ "error": error, "error_description": why });
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
        Api::Rest => {
            let body = json!([{ "errorCode": "NOT_FOUND", "message": why }]);
            (StatusCode::NOT_FOUND, Json(body)).into_response()
        }
        Api::Soap => soap_fault(StatusCode::INTERNAL_SERVER_ERROR, "soapenv:Server", &why),
    })
}

/// Puts the call of an endpoint that is not simulated, or not in full, into the journal. `what` says which part.
pub(super) fn record(org: &Org, request: &RequestContext, method: &Method, what: Option<String>) {
    org.realm.record(Event::NotSimulated {
        host: request.host.clone(),
        method: method.to_string(),
        path: request.path.clone(),
        what,
    });
}

/// Puts a call of the token endpoint that wants tokens bound by DPoP into the journal. It gets bearer tokens.
pub(super) fn record_dpop(org: &Org, request: &RequestContext, method: &Method, grant: &str) {
    record(org, request, method, what(request, Api::OAuth, Some(grant)));
}

/// What a request of OAuth says of itself: its grant, and whether it wants tokens bound by DPoP (contract F1.5).
fn what(request: &RequestContext, api: Api, grant: Option<&str>) -> Option<String> {
    if api != Api::OAuth {
        return None;
    }
    let bound = request.has_dpop_proof().then(|| "DPoP-bound".to_owned());
    let said: Vec<_> = grant.and_then(known_grant).into_iter().chain(bound).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

fn message(path: &str) -> String {
    format!("{path} is not simulated by Vestibule")
}

/// The grant types of the vendor's documentation. Another text may be a secret in the wrong place.
fn known_grant(grant: &str) -> Option<String> {
    GRANTS.contains(&grant).then(|| format!("grant_type={grant}"))
}

const GRANTS: [&str; 10] = [
    "authorization_code",
    "hybrid_auth_code",
    "refresh_token",
    "hybrid_refresh",
    "password",
    "client_credentials",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:saml2-bearer",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:token-exchange",
];

/// Path and name of each page that is not simulated.
const PAGES: [(&str, &str); 1] = [(paths::SIGN_UP, "Try for Free")];

#[derive(Template)]
#[template(path = "org/not_simulated.html")]
struct NotSimulatedTemplate {
    page: PageName,
    name: &'static str,
}
