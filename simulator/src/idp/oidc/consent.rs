//! The consent page: the user allows what a client asks for, or refuses.
//!
//! Source: OpenID Connect Core 3.1.2.4, RFC 8628 3.3 and 5.4.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use jiff::SignedDuration;
use vestibule_model::PageName;

use crate::http::{Fields, RequestContext};
use crate::idp::page;
use crate::idp::state::{Decision, Idp, IdpSession, Request};

/// Asks the user who is signed in.
pub(super) fn ask(idp: &Idp, context: &RequestContext, request: Request, session: &IdpSession) -> Response {
    let (client, receiver, scope) = match &request {
        Request::Oidc(asked) => (asked.client_id.clone(), Some(asked.redirect_uri.clone()), asked.scope.clone()),
        Request::Device(code) => match idp.provider.devices.get(code, idp.now()) {
            Some(device) => (device.client_id, None, device.scope),
            None => return expired(idp, context),
        },
        Request::Saml(_) => return expired(idp, context),
    };
    let Some(user) = idp.realm.users.get(&session.user) else { return expired(idp, context) };
    let id = idp.realm.entropy.token();
    let decision = Decision { request, session: session.clone() };
    idp.decisions.put(&id, decision, idp.after(LIFETIME), idp.now());
    let template = ConsentTemplate {
        page: PageName::IdpSignIn,
        idp: &idp.trust.idp,
        request: &id,
        client: &client,
        receiver,
        username: &user.username,
        scopes: scope.split_ascii_whitespace().collect(),
    };
    page::show(idp, &context.path, PageName::IdpSignIn, StatusCode::OK, &template)
}

/// What the user decided, and whether it is allowed. It counts once, and only in the browser in which the user signed in.
///
/// # Errors
/// The page that says why nothing was decided.
pub(super) fn decided(idp: &Idp, context: &RequestContext, fields: &Fields) -> Result<(Decision, bool), Response> {
    let decision = idp.decisions.get(fields.text("request"), idp.now());
    let here =
        |decision: &Decision| idp.session_of(context).is_some_and(|session| session.index == decision.session.index);
    let decision = decision.filter(here).ok_or_else(|| expired(idp, context))?;
    let allow = match fields.text("decision") {
        "allow" => true,
        "deny" => false,
        _ => return Err(page::error(idp, &context.path, "invalid_request", "Choose Allow or Deny.")),
    };
    idp.decisions.take(fields.text("request"), idp.now());
    Ok((decision, allow))
}

/// The page that says that nothing waits for this answer.
pub(super) fn expired(idp: &Idp, context: &RequestContext) -> Response {
    let why = "This question is no longer open: it has expired, or was answered. Start again where you came from.";
    page::error(idp, &context.path, "unknown_request", why)
}

#[derive(Template)]
#[template(path = "idp/consent.html")]
struct ConsentTemplate<'a> {
    page: PageName,
    idp: &'a str,
    request: &'a str,
    client: &'a str,
    receiver: Option<String>,
    username: &'a str,
    scopes: Vec<&'a str>,
}

const LIFETIME: SignedDuration = SignedDuration::from_mins(30);
