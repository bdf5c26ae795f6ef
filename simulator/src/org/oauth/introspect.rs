//! Says what a token stands for (RFC 7662).

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::client::Client;
use super::error::OauthError;
use super::parameters::Parameters;
use super::{issuer, scopes};
use crate::http::{Form, NOT_STORED, RequestContext};
use crate::org::Org;
use crate::realm::OauthGrant;

pub(super) async fn introspect(
    Extension(org): Extension<Arc<Org>>,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    match answer(&org, &request, &Parameters::new(&fields, &request)) {
        Ok(answer) => (NOT_STORED, Json(answer)).into_response(),
        Err(error) => error.answer(&org),
    }
}

/// An app must prove itself, and learns of no tokens but its own.
fn answer(org: &Org, request: &RequestContext, parameters: &Parameters<'_>) -> Result<Value, OauthError> {
    parameters.check()?;
    let client = Client::of(org, request, parameters)?;
    client.check_secret(true)?;
    let (token, now) = (parameters.text("token"), org.now());
    let own = |grant: &OauthGrant| grant.app == client.app.name;
    let access = org.realm.grants.of_access_token(token, now).filter(own);
    // Whether an access token still counts, its session says.
    let access = access.filter(|_| org.realm.sessions.find(token).is_some());
    let refresh = org.realm.grants.of_unused_refresh_token(token, now).filter(own);
    let (grant, kind) = match (access, refresh) {
        (Some(grant), _) => (grant, "access_token"),
        (None, Some(grant)) => (grant, "refresh_token"),
        (None, None) => return Ok(json!({ "active": false })),
    };
    let Some(user) = org.realm.users.get(&grant.user) else { return Ok(json!({ "active": false })) };
    Ok(json!({
        "active": true,
        "scope": scopes::text(&grant.scopes),
        "client_id": client.app.client_id,
        "username": user.username,
        "sub": issuer::identity(org, request, &user.id),
        "token_type": kind,
        "nbf": now.as_second(),
    }))
}
