//! The token endpoint.
//!
//! Source: RFC 6749 4.1.2, 4.1.3, 5.1 and 5.2, RFC 7636 4.6, OpenID Connect Core 3.1.3 and 3.1.3.6.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use jiff::SignedDuration;
use serde_json::Value;

use super::client;
use crate::blocking;
use crate::http::{Form, RequestContext};
use crate::idp::faults::{self, Message};
use crate::idp::grant::{AuthorizationCode, CodeState, IssuedToken};
use crate::idp::signals::{misplaced_claims, values_in};
use crate::idp::state::Idp;
use crate::oidc::{ErrorCode, IdTokenClaims, TokenError, TokenRequest, TokenResponse, half_hash, sign, sign_json};
use crate::realm::Event;
use vestibule_model::Carrier;
use vestibule_model::Secret;

/// Exchanges a code for an ID token and an access token.
pub(in crate::idp) async fn post(
    State(idp): State<Arc<Idp>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    match exchange(&idp, &context, form).await {
        Ok(response) => (StatusCode::OK, [(CACHE_CONTROL, "no-store")], Json(response)).into_response(),
        Err(error) => {
            idp.record_refusal(error.code.as_str(), error.description.clone(), None);
            refusal(&error)
        }
    }
}

async fn exchange(
    idp: &Arc<Idp>,
    context: &RequestContext,
    form: Result<Form, BytesRejection>,
) -> Result<TokenResponse, TokenError> {
    let form = form.map_err(|_| TokenError::new(ErrorCode::InvalidRequest, "the request is too large"))?;
    let request = TokenRequest::parse(context.authorization.as_deref(), &form.body)?;
    client::authenticate(idp, &request.client)?;
    let grant = redeem(idp, &request)?;
    let subject = idp.realm.users.get(&grant.user).map(|user| user.federation_id);
    let subject = subject.ok_or_else(|| TokenError::new(ErrorCode::InvalidGrant, "the user no longer exists"))?;

    let signals = grant.signals.clone();
    let scope = grant.request.scope.clone();
    let (user, code) = (grant.user.clone(), request.code);
    let (id_token, access_token) = signed(idp, grant, subject).await?;
    let issued = IssuedToken { user, signals: signals.clone() };
    idp.access_tokens.put(&access_token, issued, idp.after(TOKEN_LIFETIME), idp.now());
    idp.codes.update(&code, idp.now(), |grant| {
        grant.state = CodeState::Used { access_token: Secret::new(&access_token) };
    });
    idp.realm.record(Event::SsoAnswerIssued { idp: idp.trust.idp.clone(), signals });
    Ok(TokenResponse {
        access_token,
        token_type: "Bearer".to_owned(),
        expires_in: u64::try_from(TOKEN_LIFETIME.as_secs()).ok(),
        id_token: Some(id_token),
        scope: Some(scope),
    })
}

/// Redeems a code. A second use revokes the access token made from it.
fn redeem(idp: &Idp, request: &TokenRequest) -> Result<AuthorizationCode, TokenError> {
    let grant_error = |why: &str| TokenError::new(ErrorCode::InvalidGrant, why);
    let taken = idp.codes.update(&request.code, idp.now(), |grant| {
        // A client that presents the code of another must not use it up.
        if grant.request.client_id != request.client.client_id() {
            return None;
        }
        let before = std::mem::replace(&mut grant.state, CodeState::Void);
        Some((grant.clone(), before))
    });
    let taken = taken.ok_or_else(|| grant_error("the code is unknown or expired"))?;
    let (grant, before) = taken.ok_or_else(|| grant_error("the code was issued to another client"))?;
    match before {
        CodeState::Fresh => {}
        CodeState::Used { access_token } => {
            idp.access_tokens.take(access_token.reveal(), idp.now());
            return Err(grant_error("the code was used before; its access token is revoked"));
        }
        CodeState::Void => return Err(grant_error("the code was used before")),
    }
    if request.redirect_uri != grant.request.redirect_uri {
        return Err(grant_error("redirect_uri differs from the authorization request"));
    }
    match &grant.request.code_challenge {
        Some(challenge) => {
            challenge.verify(request.code_verifier.as_deref()).map_err(|error| grant_error(&error.to_string()))?;
        }
        // Otherwise an attacker could take the challenge out of a request (RFC 9700 2.1.1).
        None if request.code_verifier.is_some() => {
            return Err(grant_error("code_verifier is given, but the authorization request had no code_challenge"));
        }
        None => {}
    }
    Ok(grant)
}

/// The ID token and the access token. The access token is opaque unless it carries a signal on purpose.
async fn signed(idp: &Arc<Idp>, grant: AuthorizationCode, subject: String) -> Result<(String, String), TokenError> {
    let idp = Arc::clone(idp);
    let signed = blocking::run(move || {
        let spec = &idp.trust.spec;
        let mut claims = claims(&idp, &grant, &subject);
        faults::apply(&spec.faults, Message::Oidc(&mut claims));
        faults::apply(&grant.faults, Message::Oidc(&mut claims));
        let key = idp.realm.certs.signing_key(spec.algorithm, spec.key_state).map_err(|error| error.to_string())?;
        let mut inside = misplaced_claims(&grant.signals, &Carrier::AccessToken);
        let access_token = if inside.is_empty() {
            idp.realm.entropy.token()
        } else {
            inside.insert("jti".to_owned(), Value::from(idp.realm.entropy.token()));
            sign_json(&inside, &key).map_err(|error| error.to_string())?
        };
        claims.at_hash = Some(half_hash(&access_token));
        sign(&claims, &key).map(|id_token| (id_token, access_token)).map_err(|error| error.to_string())
    });
    let signed = signed.await.unwrap_or_else(|| Err("sign the ID token".to_owned()));
    signed.map_err(|why| TokenError::new(ErrorCode::ServerError, format!("the identity provider failed to {why}")))
}

/// The claims of the ID token, except the hash of the access token.
fn claims(idp: &Idp, grant: &AuthorizationCode, subject: &str) -> IdTokenClaims {
    let amr = values_in(&grant.signals, &Carrier::IdTokenAmr);
    let text = values_in(&grant.signals, &Carrier::IdTokenAmrText);
    let amr = if text.is_empty() { Value::from(amr) } else { Value::from(text.join(" ")) };
    IdTokenClaims {
        auth_time: Some(grant.auth_time.as_second()),
        nonce: grant.request.nonce.clone(),
        acr: values_in(&grant.signals, &Carrier::IdTokenAcr).into_iter().next(),
        amr: Some(amr).filter(|amr| *amr != Value::Array(Vec::new())),
        ..IdTokenClaims::new(&idp.trust.issuer, subject, &grant.request.client_id, idp.now(), ID_TOKEN_LIFETIME)
    }
}

fn refusal(error: &TokenError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
    let response = (status, headers, error.body());
    if status == StatusCode::UNAUTHORIZED {
        return ([(WWW_AUTHENTICATE, "Basic realm=\"token endpoint\"")], response).into_response();
    }
    response.into_response()
}

/// How long an access token is valid.
const TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// How long an ID token is valid.
const ID_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_mins(5);
