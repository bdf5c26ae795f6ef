//! The service providers as an admin registered them: the org, and those of the specification.

use openssl::x509::X509;
use vestibule_certs::KeyState;
use vestibule_model::{
    AttributeConsumingService, LogoutBinding, SamlEncryption, ServiceProviderSpec, SingleLogoutService,
};

use crate::idp::state::Idp;
use crate::saml::{Acs, RequestRejection, ServiceProvider, TrustedCertificate};

/// Every service provider as the admin registered it. May block: a key may have to be made.
pub(super) fn registered(idp: &Idp) -> Result<Vec<ServiceProvider>, RequestRejection> {
    let own = idp.trust.org_is_served.then(|| org(idp));
    let others = idp.trust.spec.service_providers.iter().filter(|(entity_id, _)| !idp.is_org(entity_id));
    let others = others.map(|(entity_id, spec)| certificates(spec).map(|known| other(entity_id, spec, known)));
    own.into_iter().chain(others).collect()
}

/// Whether anybody's signature can be verified.
pub(super) fn has_certificates(idp: &Idp) -> bool {
    let spec = &idp.trust.spec;
    spec.request_signing_certificate.is_some() || spec.service_providers.values().any(|sp| !sp.certificates.is_empty())
}

/// The one with this entity id. May block: a key may have to be made.
pub(super) fn find(idp: &Idp, entity_id: &str) -> Result<Option<ServiceProvider>, RequestRejection> {
    if idp.is_org(entity_id) {
        return org(idp).map(Some);
    }
    let spec = idp.trust.spec.service_providers.get(entity_id);
    spec.map(|spec| certificates(spec).map(|known| other(entity_id, spec, known))).transpose()
}

/// The specification of one that is not the org.
pub(super) fn spec_of<'a>(idp: &'a Idp, entity_id: &str) -> Option<&'a ServiceProviderSpec> {
    if idp.is_org(entity_id) { None } else { idp.trust.spec.service_providers.get(entity_id) }
}

/// What is encrypted for a service provider.
pub(super) fn encryption<'a>(idp: &'a Idp, entity_id: &str) -> Option<&'a SamlEncryption> {
    if idp.is_org(entity_id) {
        return idp.trust.spec.encryption.as_ref();
    }
    spec_of(idp, entity_id).and_then(|spec| spec.encryption.as_ref())
}

/// The certificate that encrypts for a service provider, DER; `None` if it has none. May block: a key may have to be made.
pub(super) fn encryption_certificate(idp: &Idp, entity_id: &str) -> Option<Vec<u8>> {
    if idp.is_org(entity_id) {
        // Without the setting, the org cannot read what was encrypted for the key that it once had.
        let state = idp.trust.spec.assertion_decryption_certificate.unwrap_or_default();
        let key = idp.realm.certs.decryption_key(state.on_file()).ok()?;
        return Some(key.certificate_der().to_vec());
    }
    let pem = spec_of(idp, entity_id)?.encryption_certificates.first()?;
    X509::from_pem(pem.as_bytes()).and_then(|certificate| certificate.to_der()).ok()
}

/// Where the sessions of a service provider end.
pub(super) fn single_logout(idp: &Idp, entity_id: &str) -> Option<SingleLogoutService> {
    if !idp.is_org(entity_id) {
        return spec_of(idp, entity_id)?.single_logout.clone();
    }
    let spec = &idp.trust.spec;
    let is_on = spec.single_logout && spec.request_signing_certificate.is_some();
    let url = idp.trust.org_slo_url.parse().ok().filter(|_| is_on)?;
    Some(SingleLogoutService { url, response_url: None, binding: LogoutBinding::HttpRedirect })
}

/// The attributes that a service provider asks for; `None` if it gets all.
pub(super) fn attribute_service<'a>(
    idp: &'a Idp,
    entity_id: &str,
    index: Option<u16>,
) -> Option<&'a AttributeConsumingService> {
    spec_of(idp, entity_id)?.attribute_service(index)
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
        valid_until: None,
    })
}

/// One that is not the org, with these certificates.
pub(super) fn other(
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
        valid_until: spec.valid_until,
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
