//! Revokes a token, and with it all that came of the same authorization.

use std::sync::Arc;

use axum::Extension;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;

use super::error::OauthError;
use super::parameters::Parameters;
use crate::http::{Form, RequestContext};
use crate::org::Org;
use crate::realm::Event;

/// Clients read the body of a refusal as a form (contract F3.4).
pub(super) async fn revoke(
    Extension(org): Extension<Arc<Org>>,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    let parameters = Parameters::new(&fields, &request);
    let unknown = || OauthError::new("invalid_token", "invalid token", "the token is unknown, or was revoked before");
    let ended = parameters.check().and_then(|()| end(&org, parameters.text("token")).then_some(()).ok_or_else(unknown));
    let Err(error) = ended else { return StatusCode::OK.into_response() };
    error.record(&org);
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("error", error.error)
        .append_pair("error_description", error.description)
        .finish();
    (StatusCode::BAD_REQUEST, [(CONTENT_TYPE, "application/x-www-form-urlencoded")], body).into_response()
}

/// Ends the grant of a token and its sessions, or the API session that is no grant's; returns whether there was one.
pub(super) fn end(org: &Org, token: &str) -> bool {
    let realm = &org.realm;
    let Some(grant) = realm.grants.revoke(token, org.now()) else {
        let known = realm.sessions.find(token).is_some();
        realm.close_session(token);
        return known;
    };
    for sid in &grant.sessions {
        realm.close_session(sid.reveal());
    }
    realm.record(Event::OauthTokenRevoked { user: grant.user, app: grant.app });
    true
}
