//! The metadata of the IdP. Source: saml-metadata 2.3.2, 2.4.3 and 3.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use jiff::SignedDuration;
use vestibule_certs::KeyState;

use super::name_id;
use crate::blocking;
use crate::http::RequestContext;
use crate::idp::page;
use crate::idp::state::Idp;
use crate::saml::{IdpMetadata, status};

/// The `EntityDescriptor`: the valid key's certificate, whichever key signs; while keys roll over, with that of its successor.
pub(in crate::idp) async fn get(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    let known = Arc::clone(&idp);
    match blocking::run(move || descriptor(&known)).await {
        Some(Ok(xml)) => (StatusCode::OK, [(CONTENT_TYPE, "application/samlmetadata+xml")], xml).into_response(),
        Some(Err(why)) => page::error(&idp, &context.path, status::RESPONDER, &format!("Failed to {why}.")),
        None => page::error(&idp, &context.path, status::RESPONDER, "Failed to write the metadata."),
    }
}

fn descriptor(idp: &Idp) -> Result<String, String> {
    let (spec, trust) = (&idp.trust.spec, &idp.trust);
    let key_in = |state| idp.realm.certs.signing_key(spec.algorithm, state).map_err(|error| error.to_string());
    let valid = key_in(KeyState::Valid)?;
    let mut certificates = vec![valid.certificate_der().to_vec()];
    if spec.published_metadata.next_key || spec.key_state == KeyState::RolledOver {
        certificates.push(key_in(KeyState::RolledOver)?.certificate_der().to_vec());
    }
    let valid_for = spec.published_metadata.valid_for;
    let metadata = IdpMetadata {
        entity_id: trust.idp_entity_id.clone(),
        sso_url: trust.sso_url.clone(),
        logout_url: Some(trust.slo_url.clone()),
        artifact_url: Some(trust.artifact_url.clone()),
        name_id_formats: name_id::FORMATS,
        certificates,
        want_authn_requests_signed: spec.want_authn_requests_signed,
        valid_until: valid_for.map(|seconds| idp.after(SignedDuration::from_secs(seconds.into()))),
        cache_for: spec.published_metadata.cache_for,
    };
    if spec.published_metadata.sign {
        let signed = metadata.to_signed_xml(&idp.realm.entropy.xml_id(), &valid);
        return signed.map_err(|error| error.to_string());
    }
    metadata.to_xml().map_err(|error| error.to_string())
}
