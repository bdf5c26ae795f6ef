//! The metadata of the IdP. Source: saml-metadata 2.4.3.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use vestibule_certs::KeyState;

use crate::blocking;
use crate::http::RequestContext;
use crate::idp::page;
use crate::idp::state::Idp;
use crate::saml::{IdpMetadata, status};

/// The `EntityDescriptor`: the valid key's certificate, whichever key signs.
pub(in crate::idp) async fn get(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    let known = Arc::clone(&idp);
    match blocking::run(move || descriptor(&known)).await {
        Some(Ok(xml)) => (StatusCode::OK, [(CONTENT_TYPE, "application/samlmetadata+xml")], xml).into_response(),
        Some(Err(why)) => page::error(&idp, &context.path, status::RESPONDER, &format!("Failed to {why}.")),
        None => page::error(&idp, &context.path, status::RESPONDER, "Failed to write the metadata."),
    }
}

fn descriptor(idp: &Idp) -> Result<String, String> {
    let key =
        idp.realm.certs.signing_key(idp.trust.spec.algorithm, KeyState::Valid).map_err(|error| error.to_string())?;
    let metadata = IdpMetadata {
        entity_id: idp.trust.idp_entity_id.clone(),
        sso_url: idp.trust.sso_url.clone(),
        certificates: vec![key.certificate_der().to_vec()],
        want_authn_requests_signed: idp.trust.spec.want_authn_requests_signed,
    };
    metadata.to_xml().map_err(|error| error.to_string())
}
