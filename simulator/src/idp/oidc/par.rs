//! The endpoint of pushed authorization requests.
//!
//! Source: RFC 9126 2, RFC 9449 10.1.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::client::{self, registrations};
use super::request::{self, PUSHED};
use super::{answer, dpop};
use crate::http::{Form, RequestContext};
use crate::idp::provider::PushedRequest;
use crate::idp::state::Idp;
use crate::oidc::{
    AuthorizationError, AuthorizationRequest, ClientAuthentication, ErrorCode, PUSHED_REQUEST_PATH, TokenError, claimed,
};

/// Keeps an authorization request for the browser that brings its `request_uri`.
pub(in crate::idp) async fn post(
    State(idp): State<Arc<Idp>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    match push(&idp, &context, form).await {
        Ok(body) => answer::json(StatusCode::CREATED, &body),
        Err(error) => answer::refuse(&idp, &error),
    }
}

async fn push(
    idp: &Arc<Idp>,
    context: &RequestContext,
    form: Result<Form, BytesRejection>,
) -> Result<Value, TokenError> {
    let body = form.map_err(|_| TokenError::invalid_request("the request is too large"))?.body;
    let authentication = ClientAuthentication::parse(context.authorization.as_deref(), &body)?;
    let client = client::authenticate(idp, context, &authentication, PUSHED_REQUEST_PATH).await?;
    if claimed(&body, "request_uri").is_some() {
        return Err(TokenError::invalid_request("a pushed request cannot have a request_uri"));
    }
    let mut parameters = request::without_credentials(&body, &client.id);
    let object = claimed(&body, "request");
    let signed = object.is_some();
    if let Some(object) = object {
        parameters = request::opened(idp, &parameters, object)
            .await
            .map_err(|(code, description)| TokenError::new(code, description))?;
    }
    if let Some(thumbprint) = dpop::proven_key(idp, context, "POST", None).await? {
        match claimed(&parameters, "dpop_jkt") {
            Some(other) if other != thumbprint => {
                let why = "the DPoP proof is made with another key than dpop_jkt names";
                return Err(TokenError::new(ErrorCode::InvalidDpopProof, why));
            }
            Some(_) => {}
            None => parameters.push_str(&format!("&dpop_jkt={thumbprint}")),
        }
    }
    let read = AuthorizationRequest::parse(&parameters, &registrations(idp, &parameters), &idp.trust.issuer);
    read.map_err(|error| match error {
        AuthorizationError::ShowPage(error) => TokenError::new(error.code(), error.to_string()),
        AuthorizationError::Redirect { code, description, .. } => TokenError::new(code, description),
    })?;
    if client.spec.require_signed_request_object && !signed {
        return Err(TokenError::invalid_request("the client is registered to sign its request objects"));
    }
    let uri = format!("{PUSHED}{}", idp.realm.entropy.token());
    let pushed = PushedRequest { client_id: client.id, parameters, signed };
    idp.provider.pushed.put(&uri, pushed, idp.after(LIFETIME), idp.now());
    Ok(json!({ "request_uri": uri, "expires_in": LIFETIME.as_secs() }))
}

const LIFETIME: SignedDuration = SignedDuration::from_secs(60);
