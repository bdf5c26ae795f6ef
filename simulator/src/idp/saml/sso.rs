//! The single sign-on endpoint: an `AuthnRequest` by HTTP-Redirect or HTTP-POST, or a start at the IdP without one.

use axum::extract::rejection::BytesRejection;
use axum::response::Response;

use crate::http::{Form, RequestContext};
use crate::idp::page;
use crate::idp::state::{Idp, Request, SamlRequest, SignOn};
use crate::realm::ProtocolVerdict;
use crate::saml::{
    ReceivedRequest, RequestRejection, RequestSettings, ServiceProvider, XmlRejection, receive_post, receive_redirect,
};

/// The sign-on that an `AuthnRequest` by HTTP-Redirect asks for, or the answer that refuses it.
pub(in crate::idp) fn received_by_redirect(idp: &Idp, context: &RequestContext) -> Result<SignOn, Response> {
    sign_on(idp, context, receive(idp, |settings| receive_redirect(&context.raw_query, settings)))
}

/// The same by HTTP-POST.
pub(in crate::idp) fn received_by_post(
    idp: &Idp,
    context: &RequestContext,
    form: Result<Form, BytesRejection>,
) -> Result<SignOn, Response> {
    let received = receive(idp, |settings| {
        let Ok(Form { fields, .. }) = form else {
            return Err(XmlRejection::TooLarge { limit: settings.max_bytes }.into());
        };
        if let Some(name) = fields.repeated(&["SAMLRequest", "RelayState"]) {
            return Err(RequestRejection::DuplicateParameter(name));
        }
        receive_post(fields.text("SAMLRequest"), fields.get("RelayState"), settings)
    });
    sign_on(idp, context, received)
}

/// A sign-on that the IdP starts: `?user=<key>` names the user, `RelayState` is passed on.
pub(in crate::idp) fn idp_initiated(context: &RequestContext) -> SignOn {
    let relay_state = context.query.get("RelayState").map(str::to_owned);
    let request = SamlRequest { id: None, relay_state, requested: None, name_id_format: None };
    let hint = context.query.get("user").map(str::to_owned);
    SignOn { request: Request::Saml(request), hint, fresh: false, passive: false, max_age: None, opened: None }
}

fn sign_on(
    idp: &Idp,
    context: &RequestContext,
    received: Result<ReceivedRequest, RequestRejection>,
) -> Result<SignOn, Response> {
    let received = received.map_err(|rejection| refuse(idp, context, &rejection))?;
    idp.record_request(ProtocolVerdict::Accepted);
    let request = SamlRequest {
        id: Some(received.request.id),
        relay_state: received.relay_state,
        requested: received.request.requested_authn_context,
        name_id_format: received.request.name_id_policy.and_then(|policy| policy.format),
    };
    Ok(SignOn {
        request: Request::Saml(request),
        hint: None,
        fresh: received.request.force_authn,
        passive: received.request.is_passive,
        max_age: None,
        opened: None,
    })
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

/// Shows the user why an untrusted request is refused. Nothing is sent to an address that it names.
fn refuse(idp: &Idp, context: &RequestContext, rejection: &RequestRejection) -> Response {
    let status = rejection.status();
    let code = status.sub_code.unwrap_or(status.code);
    idp.record_refusal(&code, rejection.to_string());
    page::error(idp, &context.path, &code, &format!("The sign-on request is refused: {rejection}."))
}
