//! Discovery and the JWKS. Source: OpenID Connect Discovery 1.0, section 4; RFC 7517, section 5.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use jsonwebtoken::jwk::JwkSet;
use strum::IntoEnumIterator as _;
use vestibule_certs::{CertError, KeyState};
use vestibule_model::{JwsAlgorithm, RelyingPartyAuth, RelyingPartySpec};

use super::answer;
use crate::attacks::Keys;
use crate::blocking;
use crate::http::RequestContext;
use crate::idp::faults;
use crate::idp::page;
use crate::idp::state::Idp;
use crate::oidc::{ProviderMetadata, REGISTRATION_PATH, published_for};

/// The provider metadata, which is written once: nothing in it changes while the provider runs.
pub(in crate::idp) async fn configuration(State(idp): State<Arc<Idp>>) -> Response {
    let write = || serde_json::to_vec(&metadata(&idp)).expect("invariant: texts and flags are JSON").into();
    let written = idp.provider.metadata.get_or_init(write);
    ([(CONTENT_TYPE, "application/json")], written.clone()).into_response()
}

fn metadata(idp: &Idp) -> ProviderMetadata {
    let mut metadata = ProviderMetadata::new(&idp.trust.issuer);
    let spec = &idp.trust.spec;
    if let Some(endpoint) = &spec.token_endpoint {
        metadata.token_endpoint = endpoint.to_string();
    }
    if let Some(endpoint) = &spec.jwks_uri {
        metadata.jwks_uri = endpoint.to_string();
    }
    if spec.accept_loopback {
        metadata.registration_endpoint = Some(format!("{}{REGISTRATION_PATH}", idp.trust.issuer));
    }
    if spec.accept_loopback || spec.relying_parties.values().any(RelyingPartySpec::is_public) {
        metadata.token_endpoint_auth_methods_supported.push("none".to_owned());
    }
    if spec.relying_parties.values().any(RelyingPartySpec::sends_certificate) {
        let by_certificate = RelyingPartyAuth::iter().filter(|method| method.is_by_certificate());
        let names = by_certificate.map(|method| method.registered_name().to_owned());
        metadata.token_endpoint_auth_methods_supported.extend(names);
        metadata.tls_client_certificate_bound_access_tokens = true;
    }
    metadata.authorization_signing_alg_values_supported = vec![JwsAlgorithm::from(spec.algorithm).to_string()];
    if spec.allow_plain_pkce {
        metadata.code_challenge_methods_supported.push("plain".to_owned());
    }
    metadata
}

/// The public keys.
pub(in crate::idp) async fn jwks(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    let own = Arc::clone(&idp);
    let attack = faults::attack(&idp.trust.spec, &[]).or(*idp.last_attack.lock());
    let answered = blocking::run(move || {
        if let Some(attack) = attack
            && let Some(wrong) = attack.key_set(&Keys::held_by(&own.realm.certs, &own.trust.spec)?)
        {
            return Ok::<_, CertError>(answer::wrong(wrong));
        }
        Ok(Json(published(&own)?).into_response())
    });
    match answered.await {
        Some(Ok(answer)) => answer,
        _ => page::error(&idp, &context.path, "server_error", "The keys of this identity provider cannot be read."),
    }
}

/// The public keys of every algorithm in use: the valid one and its successor, whichever key signs. Those of the provider
/// come first. The first use of a key may make it, so call it where the thread may block.
pub(super) fn published(idp: &Idp) -> Result<JwkSet, CertError> {
    let own = JwsAlgorithm::from(idp.trust.spec.algorithm);
    let registered = idp.provider.clients.all(idp.now());
    let asked_for =
        |client: &RelyingPartySpec| [client.id_token_signed_response_alg, client.userinfo_signed_response_alg];
    let by_themselves = registered.iter().flat_map(|(_, client)| asked_for(&client.spec)).flatten();
    let by_admin = idp.trust.spec.relying_parties.values().flat_map(asked_for).flatten();
    let others: BTreeSet<JwsAlgorithm> = by_admin.chain(by_themselves).filter(|algorithm| *algorithm != own).collect();
    let mut keys = Vec::new();
    for algorithm in std::iter::once(own).chain(others) {
        for state in [KeyState::Valid, KeyState::RolledOver] {
            keys.push(published_for(&*idp.realm.certs.signing_key(algorithm.key(), state)?, algorithm));
        }
    }
    Ok(JwkSet { keys })
}
