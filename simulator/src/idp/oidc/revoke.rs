//! The revocation endpoint. Source: RFC 7009 2.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::{answer, client, presented};
use crate::http::{Form, NOT_STORED, RequestContext};
use crate::idp::state::Idp;
use crate::oidc::{ClientAuthentication, ErrorCode, REVOCATION_PATH, TokenError};

/// Revokes a token. One that nobody knows is revoked already (2.2).
pub(in crate::idp) async fn post(
    State(idp): State<Arc<Idp>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    match revoke(&idp, &context, form).await {
        Ok(()) => (StatusCode::OK, NOT_STORED).into_response(),
        Err(error) => answer::refuse(&idp, &error),
    }
}

async fn revoke(idp: &Idp, context: &RequestContext, form: Result<Form, BytesRejection>) -> Result<(), TokenError> {
    let form = form.map_err(|_| TokenError::invalid_request("the request is too large"))?;
    let authentication = ClientAuthentication::parse(context.authorization.as_deref(), &form.body)?;
    let client = client::authenticate(idp, context, &authentication, REVOCATION_PATH).await?;
    let token = form.fields.get("token").filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| TokenError::invalid_request("token is missing"))?;
    let (access_token, refresh_token) = (presented::access_token(idp, token), presented::refresh_token(idp, token));
    let of_another = |client_id: &str| client_id != client.id;
    for (_, grant) in access_token.iter().chain(&refresh_token) {
        if of_another(&grant.client_id) {
            return Err(TokenError::new(ErrorCode::UnauthorizedClient, "the token was issued to another client"));
        }
    }
    if access_token.is_some() {
        idp.provider.access_tokens.take(token, idp.now());
    }
    if let Some((found, _)) = refresh_token {
        // 2.1: the access tokens of the same grant end with it.
        idp.provider.grants.take(&found.grant, idp.now());
    }
    Ok(())
}
