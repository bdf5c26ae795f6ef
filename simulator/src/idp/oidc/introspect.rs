//! The introspection endpoint. Source: RFC 7662 2, RFC 8693 4.1, RFC 9449 6.2.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::client::{self, Client};
use super::{answer, presented};
use crate::http::{Form, RequestContext};
use crate::idp::provider::{AccessToken, Binding, Grant};
use crate::idp::state::Idp;
use crate::oidc::{ClientAuthentication, INTROSPECTION_PATH, TokenError};

/// Says whether a token is valid, and what it stands for.
pub(in crate::idp) async fn post(
    State(idp): State<Arc<Idp>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    match introspect(&idp, &context, form).await {
        Ok(body) => answer::json(StatusCode::OK, &body),
        Err(error) => answer::refuse(&idp, &error),
    }
}

async fn introspect(
    idp: &Idp,
    context: &RequestContext,
    form: Result<Form, BytesRejection>,
) -> Result<Value, TokenError> {
    let form = form.map_err(|_| TokenError::invalid_request("the request is too large"))?;
    let authentication = ClientAuthentication::parse(context.authorization.as_deref(), &form.body)?;
    let client = client::authenticate(idp, context, &authentication, INTROSPECTION_PATH).await?;
    let token = form.fields.get("token").filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| TokenError::invalid_request("token is missing"))?;
    let found = presented::access_token(idp, token)
        .map(|(found, grant)| (found, grant, true))
        .or_else(|| presented::refresh_token(idp, token).map(|(found, grant)| (found, grant, false)));
    // A client that cannot authenticate learns only about its own tokens (RFC 7662 2.1 and 2.2).
    let found = found.filter(|(_, grant, _)| client.is_confidential() || grant.client_id == client.id);
    Ok(match found {
        Some((found, grant, is_access_token)) => about(idp, &found, &grant, is_access_token),
        None => json!({ "active": false }),
    })
}

fn about(idp: &Idp, token: &AccessToken, grant: &Grant, is_access_token: bool) -> Value {
    let mut body = json!({
        "active": true,
        "iss": idp.trust.issuer,
        "client_id": grant.client_id,
        "scope": token.scope,
        "iat": token.issued_at.as_second(),
        "exp": token.expires_at.as_second(),
    });
    let user = grant.user.as_ref().and_then(|key| idp.realm.users.get(key));
    match (user, Client::find_or_admit(idp, &grant.client_id)) {
        (Some(user), Some(client)) => {
            body["sub"] = Value::from(client.subject_of(idp, &user));
            body["username"] = Value::from(user.username);
        }
        _ => body["sub"] = Value::from(grant.client_id.as_str()),
    }
    if is_access_token {
        body["token_type"] = Value::from(Binding::token_type(token.binding.as_ref()));
    }
    if let Some(binding) = &token.binding {
        body["cnf"] = binding.confirmation();
    }
    if let Some(actor) = &grant.actor {
        body["act"] = actor.clone();
    }
    match grant.audience.as_slice() {
        [] => {}
        [only] => body["aud"] = Value::from(only.as_str()),
        several => body["aud"] = Value::from(several.to_vec()),
    }
    body
}
