//! Where the parameters of an authorization request are: beside it, in a request object, or pushed before.
//!
//! Source: RFC 9101 5 and 6, RFC 9126 2 and 4.

use std::sync::Arc;

use url::form_urlencoded;
use vestibule_model::EndpointUrl;

use super::client::{self, Client, registrations};
use crate::blocking;
use crate::idp::provider::PushedRequest;
use crate::idp::state::Idp;
use crate::oidc::{AuthorizationError, AuthorizationRequest, ErrorCode, RequestObject, claimed};

/// The parameters of an authorization request.
pub(super) struct Parameters {
    /// The parameters, as a query.
    pub(super) query: String,
    /// Whether they were pushed.
    pub(super) pushed: bool,
    /// Whether they came in a signed request object.
    pub(super) signed: bool,
}

/// What is wrong with the way that parameters are sent.
pub(super) type Refusal = (ErrorCode, String);

/// Reads and checks an authorization request, wherever its parameters are.
///
/// # Errors
/// Whether to show a page or to redirect, and with which code.
pub(super) async fn read(idp: &Arc<Idp>, sent: &str) -> Result<AuthorizationRequest, AuthorizationError> {
    let issuer = &idp.trust.issuer;
    let refusal = |refusal| AuthorizationRequest::refusal(sent, &registrations(idp, sent), issuer, refusal);
    let parameters = resolve(idp, sent).await.map_err(refusal)?;
    let known = registrations(idp, &parameters.query);
    let request = AuthorizationRequest::parse(&parameters.query, &known, issuer)?;
    match unmet(idp, &request, &parameters) {
        None => Ok(request),
        Some(why) => {
            let (code, description) = (ErrorCode::InvalidRequest, why.to_owned());
            let response = request.error(code, &description, issuer);
            Err(AuthorizationError::Redirect { code, description, response })
        }
    }
}

/// What the client is registered for and has not done.
fn unmet(idp: &Idp, request: &AuthorizationRequest, parameters: &Parameters) -> Option<&'static str> {
    let spec = Client::find(idp, &request.client_id)?.spec;
    if spec.require_pushed_authorization_requests && !parameters.pushed {
        return Some("the client is registered to push its authorization requests first");
    }
    if spec.require_signed_request_object && !parameters.signed {
        return Some("the client is registered to sign its request objects");
    }
    None
}

async fn resolve(idp: &Arc<Idp>, sent: &str) -> Result<Parameters, Refusal> {
    match (claimed(sent, "request"), claimed(sent, "request_uri")) {
        (None, None) => Ok(Parameters { query: sent.to_owned(), pushed: false, signed: false }),
        (Some(_), Some(_)) => Err((ErrorCode::InvalidRequest, "request and request_uri exclude each other".to_owned())),
        (Some(object), None) => {
            let query = opened(idp, sent, object).await?;
            Ok(Parameters { query, pushed: false, signed: true })
        }
        (None, Some(uri)) if uri.starts_with(PUSHED) => {
            let unknown = || {
                let why = "the request_uri is unknown, expired, used, or of another client";
                (ErrorCode::InvalidRequestUri, why.to_owned())
            };
            let client_id = claimed(sent, "client_id");
            let own =
                idp.provider.pushed.get(&uri, idp.now()).filter(|pushed| Some(&pushed.client_id) == client_id.as_ref());
            // RFC 9126 7.3: it is used once, also by two at a time.
            let found = own.and_then(|_| idp.provider.pushed.take(&uri, idp.now()));
            let PushedRequest { parameters, signed, .. } = found.ok_or_else(unknown)?;
            Ok(Parameters { query: parameters, pushed: true, signed })
        }
        (None, Some(uri)) => {
            let wrong = |why: String| (ErrorCode::InvalidRequestUri, format!("the request_uri cannot be used: {why}"));
            // A fragment is the hash of what is there (OpenID Connect Core 6.2).
            let uri: EndpointUrl = uri.split('#').next().unwrap_or_default().parse().map_err(wrong)?;
            may_be_fetched(idp, sent, &uri).map_err(wrong)?;
            let object = client::get(idp, &uri).await.map_err(wrong)?;
            let object = String::from_utf8_lossy(&object).trim().to_owned();
            let query = opened(idp, sent, object).await?;
            Ok(Parameters { query, pushed: false, signed: true })
        }
    }
}

/// Whether the address of a request object is called for this client at all: nothing is fetched for a client that is not
/// registered, nor from an address other than those that it registered (OpenID Connect Core 6.2 and 15.5.1). One that
/// registered none may have its request objects on this machine.
fn may_be_fetched(idp: &Idp, sent: &str, uri: &EndpointUrl) -> Result<(), String> {
    let client_id = claimed(sent, "client_id").ok_or("client_id is missing beside it")?;
    let client = Client::find(idp, &client_id).ok_or("the client is not registered")?;
    let known = &client.spec.request_uris;
    if known.is_empty() && !uri.is_loopback() {
        return Err("it is not on this machine, and the client registered no request_uris".to_owned());
    }
    if known.is_empty() || known.contains(uri) {
        return Ok(());
    }
    Err("it is none of the request_uris that the client registered".to_owned())
}

/// The parameters in a request object of the client that `client_id` beside it names.
///
/// # Errors
/// `invalid_request_object`, if it is not one of this client.
pub(super) async fn opened(idp: &Idp, sent: &str, object: String) -> Result<String, Refusal> {
    let wrong = |why: String| (ErrorCode::InvalidRequestObject, why);
    let client_id = claimed(sent, "client_id")
        .ok_or_else(|| (ErrorCode::InvalidRequest, "client_id is missing beside the request object".to_owned()))?;
    let client = Client::find(idp, &client_id)
        .ok_or_else(|| wrong("the client is not registered, so nothing verifies its request object".to_owned()))?;
    let read = RequestObject::read(&object).map_err(|fault| wrong(format!("the request object {fault}")))?;
    let (issuer, now) = (idp.trust.issuer.clone(), idp.now());
    let parameters = match &client.spec.client_secret {
        Some(secret) if read.is_symmetric() => {
            read.verify_by_secret(secret.reveal()).and_then(|()| read.parameters(&client_id, &issuer, now))
        }
        _ => {
            let keys = client.keys(idp).await.map_err(|why| wrong(format!("the client {why}")))?;
            let verified =
                blocking::run(move || read.verify(&keys).and_then(|()| read.parameters(&client_id, &issuer, now)));
            verified.await.ok_or_else(|| (ErrorCode::ServerError, "the request object was not verified".to_owned()))?
        }
    };
    parameters.map_err(|fault| wrong(format!("the request object {fault}")))
}

/// Parameters without those that authenticate the client.
pub(super) fn without_credentials(body: &str, client_id: &str) -> String {
    let credentials = ["client_id", "client_secret", "client_assertion", "client_assertion_type", "request"];
    let kept = form_urlencoded::parse(body.as_bytes()).filter(|(name, _)| !credentials.contains(&name.as_ref()));
    form_urlencoded::Serializer::new(String::new()).append_pair("client_id", client_id).extend_pairs(kept).finish()
}

/// The beginning of the `request_uri` of a pushed request (RFC 9126 2.2).
pub(super) const PUSHED: &str = "urn:ietf:params:oauth:request_uri:";
