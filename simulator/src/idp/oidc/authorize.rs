//! The authorization endpoint.
//!
//! Source: OpenID Connect Core 3.1.2, 3.2.2, 3.3.2 and 5.5, RFC 6749 4.1.2.1, RFC 9101, RFC 9126 4, RFC 9207 (`iss`), JWT
//! Secured Authorization Response Mode 2.

use std::sync::Arc;

use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Map, Value};

use super::client::{self, Client};
use super::issue::{Issue, issue, signed};
use super::{consent, hint, request};
use crate::blocking;
use crate::http::{Form, RequestContext, see_other};
use crate::idp::faults;
use crate::idp::page;
use crate::idp::page::AnswerTemplate;
use crate::idp::provider::{AuthorizationCode, CodeState, Grant, Participant};
use crate::idp::requested::Requested;
use crate::idp::state::{Idp, IdpSession, Request, SignOn};
use crate::oidc::{AuthorizationError, AuthorizationRequest, AuthorizationResponse, ErrorCode, Prompt};
use crate::realm::ProtocolVerdict;
use vestibule_model::{Carrier, JwsAlgorithm, PageName};

/// The sign-on that an authorization request in the query asks for, or the answer that refuses it.
pub(in crate::idp) async fn received_in_query(idp: &Arc<Idp>, context: &RequestContext) -> Result<SignOn, Response> {
    received(idp, context, &context.raw_query).await
}

/// The same for a request in a form (OpenID Connect Core 3.1.2.1). A body that is too large counts as empty.
pub(in crate::idp) async fn received_in_form(
    idp: &Arc<Idp>,
    context: &RequestContext,
    form: Result<Form, BytesRejection>,
) -> Result<SignOn, Response> {
    received(idp, context, &form.map(|form| form.body).unwrap_or_default()).await
}

async fn received(idp: &Arc<Idp>, context: &RequestContext, sent: &str) -> Result<SignOn, Response> {
    let asked = match request::read(idp, sent).await {
        Ok(asked) => asked,
        Err(AuthorizationError::ShowPage(error)) => {
            let code = error.code();
            idp.record_refusal(code.as_str(), error.to_string(), None);
            let why = format!("The authorization request is refused: {error}.");
            return Err(page::error(idp, &context.path, code.as_str(), &why));
        }
        Err(AuthorizationError::Redirect { code, description, response }) => {
            idp.record_refusal(code.as_str(), description, None);
            return Err(send(idp, response).await);
        }
    };
    let hint = match expected_user(idp, &asked).await {
        Ok(hint) => hint,
        Err(why) => {
            idp.record_refusal(ErrorCode::InvalidRequest.as_str(), why.clone(), None);
            let response = asked.error(ErrorCode::InvalidRequest, &why, &idp.trust.issuer);
            return Err(send(idp, response).await);
        }
    };
    idp.record_request(ProtocolVerdict::Accepted);
    if !client::is_registered(idp, &asked.client_id) {
        idp.record_unregistered(&asked.client_id, &asked.redirect_uri);
    }
    Ok(SignOn {
        hint,
        fresh: asked.prompt.contains(&Prompt::Login) || asked.max_age == Some(0),
        passive: asked.prompt.contains(&Prompt::None),
        max_age: asked.max_age,
        request: Request::Oidc(Box::new(asked)),
        opened: None,
        admitted: false,
    })
}

/// The user that a request names: by an ID token, by the claim `sub`, or by a hint.
///
/// # Errors
/// If the ID token is none of this provider.
async fn expected_user(idp: &Arc<Idp>, asked: &AuthorizationRequest) -> Result<Option<String>, String> {
    if let Some(token) = &asked.id_token_hint {
        let hint = hint::read(idp, token).await.map_err(|why| format!("the ID token of id_token_hint {why}"))?;
        let user = hint.client.user_of(idp, &hint.subject);
        return user.map(|user| Some(user.key)).ok_or_else(|| "id_token_hint names nobody".to_owned());
    }
    let named =
        asked.claims.subject().and_then(|subject| Client::find_or_admit(idp, &asked.client_id)?.user_of(idp, subject));
    Ok(named.map(|user| user.key).or_else(|| asked.login_hint.clone()))
}

/// Answers for the user who is signed in, or asks for consent first.
pub(in crate::idp) async fn answer(
    idp: &Arc<Idp>,
    context: &RequestContext,
    asked: AuthorizationRequest,
    session: &IdpSession,
) -> Response {
    if asked.prompt.contains(&Prompt::Consent) {
        return consent::ask(idp, context, Request::Oidc(Box::new(asked)), session);
    }
    allowed(idp, context, asked, session).await
}

/// Answers with what the request asks for.
pub(super) async fn allowed(
    idp: &Arc<Idp>,
    context: &RequestContext,
    asked: AuthorizationRequest,
    session: &IdpSession,
) -> Response {
    let issuer = &idp.trust.issuer;
    let essential = asked.claims.acr_is_essential();
    let by_claim = asked.claims.acr_values();
    let acr_values = if by_claim.is_empty() { &asked.acr_values } else { &by_claim };
    let requested = Requested::by_acr_values(acr_values);
    let signals = match session.chosen.signals(&idp.trust.spec, session.method, requested) {
        Ok(signals) => signals,
        Err(error) => return page::error(idp, &context.path, "server_error", &format!("Failed to {error}.")),
    };
    let met = |signals: &Vec<vestibule_model::Signal>| {
        let said = |value: &String| signals.iter().any(|one| one.carrier == Carrier::IdTokenAcr && one.value == *value);
        !essential || by_claim.is_empty() || session.chosen.is_exact() || by_claim.iter().any(said)
    };
    let Some(signals) = signals.filter(met) else {
        let why = "none of the requested acr_values can be met";
        return send(idp, asked.error(ErrorCode::UnmetAuthenticationRequirements, why, issuer)).await;
    };
    let Some(client) = Client::find_or_admit(idp, &asked.client_id) else {
        let why = "the client is no longer registered";
        return send(idp, asked.error(ErrorCode::UnauthorizedClient, why, issuer)).await;
    };
    let subject = idp.realm.users.get(&session.user).map(|user| client.subject_of(idp, &user));
    if let Some(wanted) = asked.claims.subject()
        && subject.as_deref() != Some(wanted)
    {
        // OpenID Connect Core 5.5.1: an answer about somebody else must not be a success.
        return send(idp, asked.error(ErrorCode::AccessDenied, "another user is signed in", issuer)).await;
    }
    if client.hears_of_logouts() {
        take_part(idp, session, &client.id, subject.unwrap_or_default());
    }
    let grant = Grant {
        client_id: asked.client_id.clone(),
        user: Some(session.user.clone()),
        scope: asked.scope.clone(),
        auth_time: Some(session.auth_time),
        nonce: asked.nonce.clone(),
        signals,
        faults: session.chosen.faults.clone(),
        session: Some(session.index.clone()),
        claims: asked.claims.clone(),
        actor: None,
        audience: Vec::new(),
    };
    match fields(idp, client, &asked, Arc::new(grant)).await {
        Ok(fields) => {
            let mut response = asked.answer(fields, issuer);
            if let Some(attack) = faults::attack(&idp.trust.spec, &session.chosen.faults) {
                attack.authorization_answer(&mut response.fields);
            }
            send(idp, response).await
        }
        Err((code, why)) => send(idp, asked.error(code, &why, issuer)).await,
    }
}

/// The fields of a good answer, in the order of the specifications.
async fn fields(
    idp: &Arc<Idp>,
    client: Client,
    asked: &AuthorizationRequest,
    grant: Arc<Grant>,
) -> Result<Vec<(&'static str, String)>, request::Refusal> {
    let response_type = asked.response_type;
    let code = response_type.has_code().then(|| idp.realm.entropy.token());
    let mut fields = Vec::new();
    if let Some(code) = &code {
        let (request, grant) = (Arc::new(asked.clone()), Arc::clone(&grant));
        let kept = AuthorizationCode { request, grant, state: CodeState::Fresh };
        idp.provider.codes.put(code, kept, idp.after(CODE_LIFETIME), idp.now());
        fields.push(("code", code.clone()));
    }
    if !response_type.has_token() && !response_type.has_id_token() {
        return Ok(fields);
    }
    let make = Issue {
        client,
        grant_id: code.clone(),
        scope: grant.scope.clone(),
        grant,
        binding: None,
        renewed: false,
        access_token: response_type.has_token(),
        id_token: response_type.has_id_token(),
        refresh_token: false,
        code,
        state: asked.state.clone(),
    };
    let issued = issue(idp, make).await.map_err(|error| (error.code, error.description))?;
    let token_type = issued.token_type();
    if let Some(access_token) = issued.access_token {
        fields.push(("access_token", access_token));
        fields.push(("token_type", token_type.to_owned()));
        fields.push(("expires_in", super::issue::TOKEN_LIFETIME.as_secs().to_string()));
        fields.push(("scope", asked.scope.clone()));
    }
    fields.extend(issued.id_token.map(|id_token| ("id_token", id_token)));
    Ok(fields)
}

/// Notes that a session signed in to a client, which a logout has to tell.
fn take_part(idp: &Idp, session: &IdpSession, client_id: &str, subject: String) {
    let participant = Participant { client_id: client_id.to_owned(), subject };
    let mut all = idp.provider.participants.get(&session.index, idp.now()).unwrap_or_default();
    if !all.contains(&participant) {
        all.push(participant);
        idp.provider.participants.put(&session.index, all, idp.after(idp.session_lifetime()), idp.now());
    }
}

/// Answers that the user cannot be signed in without a page (OpenID Connect Core 3.1.2.6).
pub(in crate::idp) async fn refuse_passive(idp: &Arc<Idp>, request: &AuthorizationRequest) -> Response {
    let why = "prompt=none, but nobody is signed in";
    send(idp, request.error(ErrorCode::LoginRequired, why, &idp.trust.issuer)).await
}

/// Answers that the user refused.
pub(super) async fn refuse_consent(idp: &Arc<Idp>, request: &AuthorizationRequest) -> Response {
    send(idp, request.error(ErrorCode::AccessDenied, "the user refused", &idp.trust.issuer)).await
}

/// Sends an answer to the registered redirect URI in the response mode of the request.
async fn send(idp: &Arc<Idp>, mut response: AuthorizationResponse) -> Response {
    if response.response_mode.is_jwt() {
        let (own, claims) = (Arc::clone(idp), wrapped(idp, &response));
        let algorithm = JwsAlgorithm::from(idp.trust.spec.algorithm);
        let made =
            blocking::sign(idp.holds_key(algorithm.key()), move || signed(&own, &claims, algorithm, "JWT")).await;
        match made.unwrap_or_else(|| Err("sign the answer".to_owned())) {
            Ok(token) => response.fields = vec![("response", token)],
            Err(why) => {
                let path = crate::oidc::AUTHORIZATION_PATH;
                return page::error(idp, path, "server_error", &format!("The identity provider failed to {why}."));
            }
        }
    }
    match response.location() {
        Some(location) => see_other(&location),
        None => {
            let template =
                AnswerTemplate { page: PageName::Unknown, action: &response.redirect_uri, fields: response.fields };
            page::html(StatusCode::OK, &template)
        }
    }
}

/// The claims of an answer that is sent as a JWT.
fn wrapped(idp: &Idp, response: &AuthorizationResponse) -> Map<String, Value> {
    let end = idp.after(RESPONSE_LIFETIME).as_second();
    let own = [("aud", Value::from(response.client_id.as_str())), ("exp", Value::from(end))];
    let own = own.into_iter().map(|(name, value)| (name.to_owned(), value));
    // `iss` is one of the fields.
    own.chain(response.fields.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())))).collect()
}

/// How long a code is valid (RFC 6749 4.1.2 recommends ten minutes at most).
const CODE_LIFETIME: SignedDuration = SignedDuration::from_secs(60);
/// How long an answer that is a JWT is valid (JARM 2.1 recommends ten minutes at most).
const RESPONSE_LIFETIME: SignedDuration = SignedDuration::from_mins(5);
