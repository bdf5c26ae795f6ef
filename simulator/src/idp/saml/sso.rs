//! The single sign-on endpoint: an `AuthnRequest` by HTTP-Redirect or HTTP-POST, or a start at the IdP without one.

use std::sync::Arc;

use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use openssl::x509::X509;
use vestibule_certs::KeyState;
use vestibule_model::ServiceProviderSpec;

use crate::blocking;
use crate::http::{Form, RequestContext};
use crate::idp::page;
use crate::idp::state::{Idp, Request, SamlRequest, SignOn};
use crate::realm::{ProtocolVerdict, RequestFault};
use crate::saml::{
    Acs, ReceivedRequest, RequestRejection, RequestSettings, ServiceProvider, TrustedCertificate, receive_post,
    receive_redirect, status,
};
use crate::xml::XmlRejection;

/// The sign-on that an `AuthnRequest` by HTTP-Redirect asks for, or the answer that refuses it.
pub(in crate::idp) async fn received_by_redirect(idp: &Arc<Idp>, context: &RequestContext) -> Result<SignOn, Response> {
    let query = context.raw_query.clone();
    let received = receive(idp, move |settings| receive_redirect(&query, settings)).await;
    sign_on(idp, context, received)
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
    sign_on(idp, context, received.await)
}

/// A sign-on that the IdP starts: `?user=<key>` names the user, `sp=<entity id>` the service provider, and `RelayState` is
/// passed on. Without `sp`, it goes to the org or, where no org is served, to the only service provider.
pub(in crate::idp) fn idp_initiated(idp: &Idp, context: &RequestContext) -> Result<SignOn, Response> {
    let asked = context.query.get("sp");
    let Some((audience, acs_url)) = receiver(idp, asked) else {
        let why = match asked {
            Some(entity_id) => RequestRejection::UnknownServiceProvider { issuer: entity_id.to_owned() }.to_string(),
            None => "`sp` must name the service provider, by its entity id".to_owned(),
        };
        idp.record_refusal(status::REQUEST_DENIED, why.clone(), None);
        let why = format!("The sign-on is refused: {why}.");
        return Err(page::error(idp, &context.path, status::REQUEST_DENIED, &why));
    };
    let relay_state = context.query.get("RelayState").map(str::to_owned);
    let request = SamlRequest { audience, acs_url, id: None, relay_state, requested: None, name_id_format: None };
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
fn receiver(idp: &Idp, asked: Option<&str>) -> Option<(String, String)> {
    let trust = &idp.trust;
    let org = trust.org_is_served.then_some(&trust.sp_entity_id);
    let others = &trust.spec.service_providers;
    let only = || others.keys().next().filter(|_| others.len() == 1);
    let entity_id = match asked {
        Some(asked) => [org].into_iter().flatten().chain(others.keys()).find(|known| *known == asked)?,
        None => org.or_else(only)?,
    };
    if org == Some(entity_id) {
        return Some((entity_id.clone(), trust.acs_url.clone()));
    }
    let acs_url = other(entity_id, others.get(entity_id)?, Vec::new()).default_acs()?.url.clone();
    Some((entity_id.clone(), acs_url))
}

fn sign_on(
    idp: &Idp,
    context: &RequestContext,
    received: Result<ReceivedRequest, RequestRejection>,
) -> Result<SignOn, Response> {
    let received = received.map_err(|rejection| refuse(idp, context, &rejection))?;
    idp.record_request(ProtocolVerdict::Accepted);
    if !received.registered {
        idp.record_unregistered(&received.request.issuer, &received.acs_url);
    }
    let request = SamlRequest {
        audience: received.request.issuer,
        acs_url: received.acs_url,
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
        admitted: false,
    })
}

/// Reads a request with what the admin of the identity provider has set up. Runs on a thread that may block: a key may
/// have to be made, and a signature verified.
async fn receive(
    idp: &Arc<Idp>,
    read: impl FnOnce(&RequestSettings<'_>) -> Result<ReceivedRequest, RequestRejection> + Send + 'static,
) -> Result<ReceivedRequest, RequestRejection> {
    let idp = Arc::clone(idp);
    let received = blocking::run(move || {
        let registered = registered(&idp)?;
        let settings = RequestSettings {
            sso_url: &idp.trust.sso_url,
            service_providers: &registered,
            accept_loopback: idp.trust.spec.accept_loopback,
            want_authn_requests_signed: idp.trust.spec.want_authn_requests_signed,
            max_bytes: RequestSettings::MAX_BYTES,
        };
        read(&settings)
    });
    // An incomplete verification proves nothing.
    received.await.unwrap_or(Err(RequestRejection::SignatureInvalid))
}

/// Every service provider as the admin registered it.
fn registered(idp: &Idp) -> Result<Vec<ServiceProvider>, RequestRejection> {
    let trust = &idp.trust;
    let own = trust.org_is_served.then(|| org(idp));
    let others = trust.spec.service_providers.iter().filter(|(entity_id, _)| !idp.is_org(entity_id));
    let others = others.map(|(entity_id, spec)| certificates(spec).map(|known| other(entity_id, spec, known)));
    own.into_iter().chain(others).collect()
}

/// The org, with the certificate from its metadata if it signs its requests (contract D1.9).
fn org(idp: &Idp) -> Result<ServiceProvider, RequestRejection> {
    let trust = &idp.trust;
    let signing_certificates = match trust.spec.request_signing_certificate.map(KeyState::on_file) {
        None => Vec::new(),
        Some(state) => {
            let key = idp.realm.certs.request_signing_key(state).map_err(|_| RequestRejection::NoCertificate)?;
            let der = key.certificate_der().to_vec();
            // Contract D1.10.
            vec![TrustedCertificate { der, expired: state == KeyState::Expired }]
        }
    };
    Ok(ServiceProvider {
        entity_id: trust.sp_entity_id.clone(),
        acs: vec![Acs::first(trust.acs_url.clone())],
        authn_requests_signed: !signing_certificates.is_empty(),
        signing_certificates,
        registered: true,
    })
}

fn other(
    entity_id: &str,
    spec: &ServiceProviderSpec,
    signing_certificates: Vec<TrustedCertificate>,
) -> ServiceProvider {
    ServiceProvider {
        entity_id: entity_id.to_owned(),
        acs: Acs::all(&spec.acs),
        authn_requests_signed: spec.authn_requests_signed,
        signing_certificates,
        registered: true,
    }
}

/// The certificates of a service provider. The dates inside do not matter: that it was registered makes a key trusted
/// (SAML V2.0 Metadata Interoperability Profile).
fn certificates(spec: &ServiceProviderSpec) -> Result<Vec<TrustedCertificate>, RequestRejection> {
    let read = |pem: &String| {
        let der = X509::from_pem(pem.as_bytes()).and_then(|certificate| certificate.to_der());
        der.map(|der| TrustedCertificate { der, expired: false }).map_err(|_| RequestRejection::CertificateUnreadable)
    };
    spec.certificates.iter().map(read).collect()
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
