//! The SAML metadata of the org for one identity provider, which the real org offers in Setup as "Download Metadata"
//! (contract D1.9).

use std::sync::Arc;

use axum::Extension;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use vestibule_certs::KeyState;

use super::saml_start::chosen;
use super::{decryption, logout};
use crate::blocking;
use crate::http::RequestContext;
use crate::org::{Org, page, paths};
use crate::realm::{HostRole, Realm, SsoTrust};
use crate::saml::SpMetadata;

/// The `EntityDescriptor` for the setting that `samlSsoConfig` names, or the only one.
pub(super) async fn get(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    let Some(trust) = chosen(&org.realm, &request).cloned() else {
        return page::refuse(&org, &request, StatusCode::BAD_REQUEST, "no SAML single sign-on setting has this id");
    };
    let known = Arc::clone(&org);
    let written = blocking::run(move || descriptor(&known.realm, &trust)).await;
    match written.unwrap_or_else(|| Err("write the metadata".to_owned())) {
        Ok(xml) => (StatusCode::OK, [(CONTENT_TYPE, "application/samlmetadata+xml")], xml).into_response(),
        Err(why) => page::refuse(&org, &request, StatusCode::INTERNAL_SERVER_ERROR, &format!("failed to {why}")),
    }
}

/// Shows the certificate that the identity provider has on file and, while keys roll over, its successor.
fn descriptor(realm: &Realm, trust: &SsoTrust) -> Result<String, String> {
    let states = match trust.spec.request_signing_certificate {
        None => Vec::new(),
        Some(KeyState::RolledOver) => vec![KeyState::Valid, KeyState::RolledOver],
        Some(state) => vec![state.on_file()],
    };
    let keys: Result<Vec<_>, _> = states.into_iter().map(|state| realm.certs.request_signing_key(state)).collect();
    let keys = keys.map_err(|error| error.to_string())?;
    let decrypting = decryption::published(realm, trust).map_err(|error| error.to_string())?;
    let metadata = SpMetadata {
        entity_id: trust.sp_entity_id.clone(),
        acs_url: trust.acs_url.clone(),
        logout_url: logout::is_on(trust).then(|| realm.hosts.url(&HostRole::MyDomain, paths::SAML_LOGOUT)),
        certificates: keys.iter().map(|key| key.certificate_der().to_vec()).collect(),
        encryption_certificate: decrypting.map(|key| key.certificate_der().to_vec()),
    };
    metadata.to_xml().map_err(|error| error.to_string())
}
