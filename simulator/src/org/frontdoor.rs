//! A UI session from an API session: `frontdoor.jsp` and `singleaccess` (contract C1.12, K1.1, M1.13).

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use axum::{Extension, Json, Router};
use http::StatusCode;

use super::attempt::{LoginAttempt, login_type};
use super::dispatcher;
use super::handover::Handover;
use super::return_url::{ReturnUrl, encode};
use super::token_use::{TokenUse, allows};
use super::{Org, page, paths};
use crate::http::routing::{get, post};
use crate::http::{Form, NOT_STORED, RequestContext, found};
use crate::realm::{OrgSession, SessionKind};
use vestibule_model::LoginKind;

/// The front doors.
pub(super) fn routes() -> Router {
    Router::new()
        .route(paths::FRONTDOOR, get(frontdoor).merge(post(frontdoor)))
        .route(paths::SINGLE_ACCESS, get(single_access).merge(post(single_access)))
}

/// Opens a UI session from a session id or a one-time code of this realm, unless the rules say otherwise.
async fn frontdoor(
    Extension(org): Extension<Arc<Org>>,
    request: RequestContext,
    Form { fields: form, .. }: Form,
) -> Response {
    let field = |name: &str| request.query.get(name).or_else(|| form.get(name)).unwrap_or_default().to_owned();
    let wanted = Some(field("retURL")).filter(|url| !url.is_empty()).unwrap_or_else(|| field("startURL"));
    let to = org.return_url(&wanted);

    let (sid, kind) = match org.handovers.redeem(&org.realm, &field("otp")) {
        Some(Handover::Session(sid)) => (sid.reveal().to_owned(), LoginKind::Singleaccess),
        _ => (field("sid"), LoginKind::Frontdoor),
    };
    match org.realm.use_session(&sid) {
        None => refuse(&org, &request, &to, "frontdoor.jsp got a session id that is unknown, closed or already used"),
        Some(session) if session.kind == SessionKind::Gated => {
            let flow = org.flows.of_session(&org.realm, &sid);
            match flow.filter(|flow| dispatcher::is_of_browser(&request, flow)) {
                Some(flow) => dispatcher::resume(&org, &request, &flow),
                None => refuse(
                    &org,
                    &request,
                    &to,
                    "frontdoor.jsp got the session id of a login under way in another browser",
                ),
            }
        }
        Some(session) if session.kind == SessionKind::Api => {
            if allows(&org, &request, &session, TokenUse::Web, StatusCode::FOUND) {
                from_api(&org, &request, &session, kind, to)
            } else {
                found(&dispatcher::login_page_url(&org, &to))
            }
        }
        Some(session) => dispatcher::redirect_with_session(&org, &request, &session.sid, &to),
    }
}

/// Leads to the login page.
fn refuse(org: &Org, request: &RequestContext, to: &ReturnUrl, why: &str) -> Response {
    page::record_refused_request(org, request, StatusCode::FOUND, why);
    found(&dispatcher::login_page_url(org, to))
}

fn from_api(org: &Org, request: &RequestContext, session: &OrgSession, kind: LoginKind, to: ReturnUrl) -> Response {
    let mut attempt = LoginAttempt::new(&session.user, kind, login_type::REMOTE_ACCESS, &request.host);
    attempt.return_url = to;
    dispatcher::begin(org, request, attempt)
}

/// Answers an access token with a front door URL that works once.
async fn single_access(
    Extension(org): Extension<Arc<Org>>,
    request: RequestContext,
    Form { fields: form, .. }: Form,
) -> Response {
    let token = request.access_token().or_else(|| form.get("access_token").map(vestibule_model::Secret::new));
    let session = token.as_ref().and_then(|token| org.realm.use_session(token.reveal()));
    let may_open = |session: &OrgSession| allows(&org, &request, session, TokenUse::Web, StatusCode::FORBIDDEN);
    let Some(session) = session.filter(|session| session.kind != SessionKind::Gated).filter(may_open) else {
        let error = serde_json::json!({ "error": "invalid_token", "error_description": "Bad_OAuth_Token" });
        return (StatusCode::FORBIDDEN, Json(error)).into_response();
    };
    let wanted = form.get("redirect_uri").or_else(|| request.query.get("redirect_uri")).unwrap_or_default();
    let to = org.return_url(wanted);
    let ticket = org.handovers.issue(&org.realm, Handover::Session(session.sid));
    let start = encode(&to.short(&org.realm.hosts));
    let path = format!(
        "{}?otp={}&startURL={start}&cshc={}",
        paths::FRONTDOOR,
        ticket.reveal(),
        org.realm.entropy.alphanumeric(12)
    );
    (NOT_STORED, Json(serde_json::json!({ "frontdoor_uri": org.my_domain_url(&path) }))).into_response()
}
