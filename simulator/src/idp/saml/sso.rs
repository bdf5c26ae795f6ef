//! The single sign-on endpoint: an `AuthnRequest` by HTTP-Redirect or HTTP-POST, or a start at the IdP without one.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;

use crate::http::{Form, RequestContext};
use crate::idp::page;
use crate::idp::sign_in;
use crate::idp::state::{Idp, Request, SignOn};
use crate::realm::ProtocolVerdict;
use crate::saml::{
    ReceivedRequest, RequestRejection, RequestSettings, ServiceProvider, XmlRejection, receive_post, receive_redirect,
};

/// What a `Response` answers.
#[derive(Debug, Clone)]
pub(in crate::idp) struct SamlRequest {
    /// `ID` of the `AuthnRequest`; `None` when the IdP starts the login.
    pub(super) id: Option<String>,
    /// `RelayState`, returned unchanged.
    pub(super) relay_state: Option<String>,
    /// `AuthnContextClassRef`s of the `RequestedAuthnContext`.
    pub(super) requested: Vec<String>,
}

/// HTTP-Redirect binding.
pub(in crate::idp) async fn get(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    let received = receive(&idp, |settings| receive_redirect(&context.raw_query, settings));
    go_on(&idp, &context, received).await
}

/// HTTP-POST binding.
pub(in crate::idp) async fn post(
    State(idp): State<Arc<Idp>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    let received = receive(&idp, |settings| {
        let Ok(Form { fields, .. }) = form else {
            return Err(XmlRejection::TooLarge { limit: settings.max_bytes }.into());
        };
        if let Some(name) = fields.repeated(&["SAMLRequest", "RelayState"]) {
            return Err(RequestRejection::DuplicateParameter(name));
        }
        receive_post(fields.text("SAMLRequest"), fields.get("RelayState"), settings)
    });
    go_on(&idp, &context, received).await
}

/// A login that the IdP starts: `?user=<key>` names the user, `RelayState` is passed on.
pub(in crate::idp) async fn idp_initiated(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    let relay_state = context.query.get("RelayState").map(str::to_owned);
    let request = SamlRequest { id: None, relay_state, requested: Vec::new() };
    let hint = context.query.get("user").map(str::to_owned);
    let sign_on = SignOn { request: Request::Saml(request), hint, fresh: false, passive: false, max_age: None };
    sign_in::begin(&idp, &context, sign_on).await
}

async fn go_on(
    idp: &Arc<Idp>,
    context: &RequestContext,
    received: Result<ReceivedRequest, RequestRejection>,
) -> Response {
    let received = match received {
        Ok(received) => received,
        Err(rejection) => return refuse(idp, context, &rejection),
    };
    idp.record_request(ProtocolVerdict::Accepted);
    let requested = received.request.requested_authn_context.map(|context| context.class_refs).unwrap_or_default();
    let request = SamlRequest { id: Some(received.request.id), relay_state: received.relay_state, requested };
    let sign_on = SignOn {
        request: Request::Saml(request),
        hint: None,
        fresh: received.request.force_authn,
        passive: received.request.is_passive,
        max_age: None,
    };
    sign_in::begin(idp, context, sign_on).await
}

fn receive(
    idp: &Idp,
    read: impl FnOnce(&RequestSettings<'_>) -> Result<ReceivedRequest, RequestRejection>,
) -> Result<ReceivedRequest, RequestRejection> {
    let org = ServiceProvider {
        entity_id: idp.trust.sp_entity_id.clone(),
        acs_urls: vec![idp.trust.acs_url.clone()],
        signing_certificates: Vec::new(),
    };
    let settings = RequestSettings {
        sso_url: &idp.trust.sso_url,
        service_providers: &[org],
        max_bytes: RequestSettings::MAX_BYTES,
    };
    read(&settings)
}

/// A request that is not trusted is answered to the user, never to an address that it names.
fn refuse(idp: &Idp, context: &RequestContext, rejection: &RequestRejection) -> Response {
    let status = rejection.status();
    let code = status.sub_code.unwrap_or(status.code);
    idp.record_refusal(&code, rejection.to_string());
    page::error(idp, &context.path, &code, &format!("The sign-on request is refused: {rejection}."))
}
