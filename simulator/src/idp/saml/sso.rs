//! The single sign-on endpoint: an `AuthnRequest` by HTTP-Redirect or HTTP-POST, or a start at the IdP without one.

use std::sync::Arc;

use axum::extract::rejection::BytesRejection;
use axum::response::Response;

use super::name_id::user_named;
use super::{parties, respond};
use crate::blocking;
use crate::http::{Form, RequestContext};
use crate::idp::page;
use crate::idp::state::{Idp, Request, SamlRequest, SignOn};
use crate::realm::{ProtocolVerdict, RequestFault};
use crate::saml::{
    Acs, ReceivedRequest, RequestRejection, RequestSettings, Status, receive_post, receive_redirect, status,
};
use crate::xml::XmlRejection;

/// The sign-on that an `AuthnRequest` by HTTP-Redirect asks for, or the answer that refuses it.
pub(in crate::idp) async fn received_by_redirect(idp: &Arc<Idp>, context: &RequestContext) -> Result<SignOn, Response> {
    let query = context.raw_query.clone();
    let received = receive(idp, move |settings| receive_redirect(&query, settings)).await;
    sign_on(idp, context, received).await
}

/// The same by HTTP-POST.
pub(in crate::idp) async fn received_by_post(
    idp: &Arc<Idp>,
    context: &RequestContext,
    form: Result<Form, BytesRejection>,
) -> Result<SignOn, Response> {
    let form = form.ok();
    let received = receive(idp, move |settings| {
        let Some(Form { fields, .. }) = form else {
            return Err(XmlRejection::TooLarge { limit: settings.max_bytes }.into());
        };
        if let Some(name) = fields.repeated(&["SAMLRequest", "RelayState"]) {
            return Err(RequestRejection::DuplicateParameter(name));
        }
        receive_post(fields.text("SAMLRequest"), fields.get("RelayState"), settings)
    });
    sign_on(idp, context, received.await).await
}

/// A sign-on that the IdP starts: `?user=<key>` names the user, `sp=<entity id>` the service provider, and `RelayState` is
/// passed on. Without `sp`, it goes to the org or, where no org is served, to the only service provider.
pub(in crate::idp) fn idp_initiated(idp: &Idp, context: &RequestContext) -> Result<SignOn, Response> {
    let asked = context.query.get("sp");
    let Some((audience, Acs { url: acs_url, binding, .. })) = receiver(idp, asked) else {
        let why = match asked {
            Some(entity_id) => RequestRejection::UnknownServiceProvider { issuer: entity_id.to_owned() }.to_string(),
            None => "`sp` must name the service provider, by its entity id".to_owned(),
        };
        idp.record_refusal(status::REQUEST_DENIED, why.clone(), None);
        let why = format!("The sign-on is refused: {why}.");
        return Err(page::error(idp, &context.path, status::REQUEST_DENIED, &why));
    };
    let relay_state = context.query.get("RelayState").map(str::to_owned);
    let request = SamlRequest {
        audience,
        acs_url,
        binding,
        id: None,
        relay_state,
        requested: None,
        name_id_policy: None,
        subject: None,
        attribute_service: None,
    };
    let hint = context.query.get("user").map(str::to_owned);
    Ok(SignOn {
        request: Request::Saml(request),
        hint,
        fresh: false,
        passive: false,
        max_age: None,
        opened: None,
        admitted: false,
    })
}

/// Entity id and ACS of the registered service provider that this one, or nobody, is asked for by name.
fn receiver(idp: &Idp, asked: Option<&str>) -> Option<(String, Acs)> {
    let trust = &idp.trust;
    let org = trust.org_is_served.then_some(&trust.sp_entity_id);
    let others = &trust.spec.service_providers;
    let only = || others.keys().next().filter(|_| others.len() == 1);
    let entity_id = match asked {
        Some(asked) => [org].into_iter().flatten().chain(others.keys()).find(|known| *known == asked)?,
        None => org.or_else(only)?,
    };
    if org == Some(entity_id) {
        return Some((entity_id.clone(), Acs::first(trust.acs_url.clone())));
    }
    let acs = parties::other(entity_id, others.get(entity_id)?, Vec::new()).default_acs(None)?.clone();
    Some((entity_id.clone(), acs))
}

async fn sign_on(
    idp: &Arc<Idp>,
    context: &RequestContext,
    received: Result<ReceivedRequest, RequestRejection>,
) -> Result<SignOn, Response> {
    let received = received.map_err(|rejection| refuse(idp, context, &rejection))?;
    idp.record_request(ProtocolVerdict::Accepted);
    if !received.registered {
        idp.record_unregistered(&received.request.issuer, &received.acs_url);
    }
    let named = received.subject;
    let subject = named.as_ref().map(|name| user_named(idp, &received.request.issuer, name));
    let request = SamlRequest {
        audience: received.request.issuer,
        acs_url: received.acs_url,
        binding: received.binding,
        id: Some(received.request.id),
        relay_state: received.relay_state,
        requested: received.request.requested_authn_context,
        name_id_policy: received.request.name_id_policy,
        subject: subject.as_ref().and_then(Option::as_ref).map(|user| user.key.clone()),
        attribute_service: received.attribute_service,
    };
    if matches!(subject, Some(None)) {
        let status = Status::error(status::RESPONDER, status::UNKNOWN_PRINCIPAL);
        return Err(respond::refuse(idp, context, &request, status).await);
    }
    let asks_for = request.attribute_service;
    let is_unknown = asks_for.is_some() && parties::attribute_service(idp, &request.audience, asks_for).is_none();
    if is_unknown && parties::spec_of(idp, &request.audience).is_some_and(|spec| !spec.attribute_services.is_empty()) {
        let status = Status::error(status::REQUESTER, status::REQUEST_UNSUPPORTED);
        return Err(respond::refuse(idp, context, &request, status).await);
    }
    Ok(SignOn {
        hint: subject.flatten().map(|user| user.username),
        request: Request::Saml(request),
        fresh: received.request.force_authn,
        passive: received.request.is_passive,
        max_age: None,
        opened: None,
        admitted: false,
    })
}

/// Reads a request with what the admin of the identity provider has set up. Where a key may have to be made or a signature
/// verified, it runs on a thread that may block.
async fn receive(
    idp: &Arc<Idp>,
    read: impl FnOnce(&RequestSettings<'_>) -> Result<ReceivedRequest, RequestRejection> + Send + 'static,
) -> Result<ReceivedRequest, RequestRejection> {
    let idp = Arc::clone(idp);
    let verifies = parties::has_certificates(&idp);
    let read = move || {
        let registered = parties::registered(&idp)?;
        let settings = RequestSettings {
            sso_url: &idp.trust.sso_url,
            service_providers: &registered,
            accept_loopback: idp.trust.spec.accept_loopback,
            want_authn_requests_signed: idp.trust.spec.want_authn_requests_signed,
            now: idp.now(),
            max_bytes: RequestSettings::MAX_BYTES,
        };
        read(&settings)
    };
    if !verifies {
        return read();
    }
    // An incomplete verification proves nothing.
    blocking::run(read).await.unwrap_or(Err(RequestRejection::SignatureInvalid))
}

/// What is wrong with the signature of a request, where only the admin of the org can mend it.
fn request_fault(rejection: &RequestRejection) -> Option<RequestFault> {
    match rejection {
        RequestRejection::UnsignedThoughWanted => Some(RequestFault::Unsigned),
        RequestRejection::CertificateExpired => Some(RequestFault::CertificateExpired),
        _ => None,
    }
}

/// Shows the user why an untrusted request is refused. Nothing is sent to an address that it names.
fn refuse(idp: &Idp, context: &RequestContext, rejection: &RequestRejection) -> Response {
    let status = rejection.status();
    let code = status.sub_code.unwrap_or(status.code);
    idp.record_refusal(&code, rejection.to_string(), request_fault(rejection));
    page::error(idp, &context.path, &code, &format!("The sign-on request is refused: {rejection}."))
}
