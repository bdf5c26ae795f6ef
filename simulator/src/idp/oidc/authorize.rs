//! The authorization endpoint.
//!
//! Source: OpenID Connect Core 3.1.2, RFC 6749 4.1.2.1, RFC 9207 (`iss`).

use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use http::StatusCode;
use jiff::SignedDuration;

use super::client;
use crate::http::{Form, RequestContext, see_other};
use crate::idp::grant::{AuthorizationCode, CodeState};
use crate::idp::page;
use crate::idp::page::AnswerTemplate;
use crate::idp::requested::Requested;
use crate::idp::state::{Idp, IdpSession, Request, SignOn};
use crate::oidc::{AuthorizationError, AuthorizationRequest, AuthorizationResponse, ErrorCode, Prompt};
use crate::realm::ProtocolVerdict;
use vestibule_model::PageName;

/// The sign-on that an authorization request in the query asks for, or the answer that refuses it.
pub(in crate::idp) fn received_in_query(idp: &Idp, context: &RequestContext) -> Result<SignOn, Response> {
    sign_on(idp, context, parse(idp, &context.raw_query))
}

/// The same for a request in a form (OpenID Connect Core 3.1.2.1). A body that is too large counts as empty.
pub(in crate::idp) fn received_in_form(
    idp: &Idp,
    context: &RequestContext,
    form: Result<Form, BytesRejection>,
) -> Result<SignOn, Response> {
    sign_on(idp, context, parse(idp, &form.map(|form| form.body).unwrap_or_default()))
}

/// Answers with a code for the user who is signed in.
pub(in crate::idp) fn answer(
    idp: &Idp,
    context: &RequestContext,
    request: AuthorizationRequest,
    session: &IdpSession,
) -> Response {
    let requested = Requested::by_acr_values(&request.acr_values);
    let signals = match session.chosen.signals(&idp.trust.spec, session.method, requested) {
        Ok(signals) => signals,
        Err(error) => return page::error(idp, &context.path, "server_error", &format!("Failed to {error}.")),
    };
    let Some(signals) = signals else {
        let why = "none of the requested acr_values can be met";
        return send(request.error(ErrorCode::UnmetAuthenticationRequirements, why, &idp.trust.issuer));
    };
    let code = idp.realm.entropy.token();
    let response = request.success(&code, &idp.trust.issuer);
    let grant = AuthorizationCode {
        request,
        user: session.user.clone(),
        auth_time: session.auth_time,
        signals,
        faults: session.chosen.faults.clone(),
        state: CodeState::Fresh,
    };
    idp.codes.put(code, grant, idp.after(CODE_LIFETIME), idp.now());
    send(response)
}

/// Answers that the user cannot be signed in without a page (OpenID Connect Core 3.1.2.6).
pub(in crate::idp) fn refuse_passive(idp: &Idp, request: &AuthorizationRequest) -> Response {
    let why = "prompt=none, but nobody is signed in";
    send(request.error(ErrorCode::LoginRequired, why, &idp.trust.issuer))
}

fn parse(idp: &Idp, parameters: &str) -> Result<AuthorizationRequest, AuthorizationError> {
    AuthorizationRequest::parse(parameters, &client::registrations(idp, parameters), &idp.trust.issuer)
}

fn sign_on(
    idp: &Idp,
    context: &RequestContext,
    received: Result<AuthorizationRequest, AuthorizationError>,
) -> Result<SignOn, Response> {
    let request = match received {
        Ok(request) => request,
        Err(AuthorizationError::ShowPage(error)) => {
            let code = error.code();
            idp.record_refusal(code.as_str(), error.to_string(), None);
            let why = format!("The authorization request is refused: {error}.");
            return Err(page::error(idp, &context.path, code.as_str(), &why));
        }
        Err(AuthorizationError::Redirect { code, description, response }) => {
            idp.record_refusal(code.as_str(), description, None);
            return Err(send(response));
        }
    };
    idp.record_request(ProtocolVerdict::Accepted);
    if !client::is_registered(idp, &request.client_id) {
        idp.record_unregistered(&request.client_id, &request.redirect_uri);
    }
    Ok(SignOn {
        hint: request.login_hint.clone(),
        fresh: request.prompt.iter().any(|prompt| matches!(prompt, Prompt::Login | Prompt::SelectAccount)),
        passive: request.prompt.contains(&Prompt::None),
        max_age: request.max_age,
        request: Request::Oidc(request),
        opened: None,
        admitted: false,
    })
}

/// Sends an answer to the registered redirect URI in the response mode of the request.
fn send(response: AuthorizationResponse) -> Response {
    match response.location() {
        Some(location) => see_other(&location),
        None => {
            let template =
                AnswerTemplate { page: PageName::Unknown, action: &response.redirect_uri, fields: response.fields };
            page::html(StatusCode::OK, &template)
        }
    }
}

/// How long a code is valid (RFC 6749 4.1.2 recommends ten minutes at most).
const CODE_LIFETIME: SignedDuration = SignedDuration::from_secs(60);
