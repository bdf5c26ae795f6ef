//! Discovery and the JWKS. Source: OpenID Connect Discovery 1.0, section 4; RFC 7517, section 5.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use vestibule_certs::{CertError, KeyState, jwk_set};
use vestibule_model::RelyingPartySpec;

use crate::blocking;
use crate::http::RequestContext;
use crate::idp::page;
use crate::idp::state::Idp;
use crate::oidc::{ProviderMetadata, REGISTRATION_PATH};

/// The provider metadata.
pub(in crate::idp) async fn configuration(State(idp): State<Arc<Idp>>) -> Response {
    let mut metadata = ProviderMetadata::new(&idp.trust.issuer);
    if let Some(endpoint) = &idp.trust.spec.token_endpoint {
        metadata.token_endpoint = endpoint.to_string();
    }
    if let Some(endpoint) = &idp.trust.spec.jwks_uri {
        metadata.jwks_uri = endpoint.to_string();
    }
    if idp.trust.spec.accept_loopback {
        metadata.registration_endpoint = Some(format!("{}{REGISTRATION_PATH}", idp.trust.issuer));
    }
    if idp.trust.spec.accept_loopback || idp.trust.spec.relying_parties.values().any(RelyingPartySpec::is_public) {
        metadata.token_endpoint_auth_methods_supported.push("none".to_owned());
    }
    Json(metadata).into_response()
}

/// The public keys: the valid one and its successor, whichever key signs.
pub(in crate::idp) async fn jwks(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    let (certs, algorithm) = (Arc::clone(&idp.realm.certs), idp.trust.spec.algorithm);
    let keys = blocking::run(move || {
        let key = |state| certs.signing_key(algorithm, state);
        Ok::<_, CertError>([key(KeyState::Valid)?, key(KeyState::RolledOver)?])
    });
    match keys.await {
        Some(Ok(keys)) => Json(jwk_set(keys.iter().map(AsRef::as_ref))).into_response(),
        _ => page::error(&idp, &context.path, "server_error", "The keys of this identity provider cannot be read."),
    }
}
