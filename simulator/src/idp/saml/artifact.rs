//! The artifact resolution service, by SOAP: a service provider asks for the answer whose artifact it got.
//!
//! An answer is given once, and only to whom it is for. Anybody else gets an empty answer, as if there were none
//! (saml-core 3.5.3).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use vestibule_certs::KeyState;

use super::parties;
use crate::blocking;
use crate::idp::state::Idp;
use crate::saml::{
    ArtifactResponse, ReceivedResolve, RequestRejection, ResolveSettings, SignedResponse, Status, soap_fault,
};

/// Answers an `ArtifactResolve`.
pub(in crate::idp) async fn resolve(State(idp): State<Arc<Idp>>, body: Result<Bytes, BytesRejection>) -> Response {
    let answered = match body {
        Ok(body) => blocking::run(move || answer(&idp, &body)).await,
        Err(_) => Some(Err("The message is too large.".to_owned())),
    };
    let (status, xml) = match answered.unwrap_or_else(|| Err("The message cannot be answered.".to_owned())) {
        Ok(xml) => (StatusCode::OK, xml),
        Err(why) => (StatusCode::BAD_REQUEST, soap_fault(&why).unwrap_or_default()),
    };
    (status, [(CONTENT_TYPE, "text/xml; charset=utf-8"), (CACHE_CONTROL, "no-store")], xml).into_response()
}

/// The answer in its envelope, or why the body is no `ArtifactResolve`. Runs on a thread that may block.
fn answer(idp: &Idp, body: &[u8]) -> Result<String, String> {
    let sentence = |why: &dyn std::fmt::Display| format!("The message is refused: {why}.");
    let received = ReceivedResolve::read(body).map_err(|fault| sentence(&fault))?;
    let id = received.id().map_err(|fault| sentence(&fault))?.to_owned();
    let issuer = received.claimed_issuer().map_err(|fault| sentence(&fault))?;
    let (status, message) = match message(idp, &issuer, received) {
        Ok(message) => (Status::success(), message),
        Err(rejection) => {
            let status = rejection.status();
            idp.record_refusal(status.sub_code.as_deref().unwrap_or(&status.code), rejection.to_string(), None);
            (status, None)
        }
    };
    let response = ArtifactResponse {
        id: idp.realm.entropy.xml_id(),
        issue_instant: idp.now(),
        issuer: idp.trust.idp_entity_id.clone(),
        in_response_to: id,
        status,
        message,
    };
    let key = idp.realm.certs.signing_key(idp.trust.spec.algorithm, KeyState::Valid);
    let key = key.map_err(|error| format!("Failed to {error}."))?;
    response.to_soap(&key).map_err(|error| format!("Failed to {error}."))
}

/// The answer that waits under the artifact for this service provider.
fn message(idp: &Idp, issuer: &str, received: ReceivedResolve) -> Result<Option<SignedResponse>, RequestRejection> {
    let party = parties::find(idp, issuer)?;
    if party.is_none() && !idp.trust.spec.accept_loopback {
        return Err(RequestRejection::UnknownServiceProvider { issuer: issuer.to_owned() });
    }
    let signs = party.as_ref().is_some_and(|party| party.authn_requests_signed);
    let settings = ResolveSettings {
        artifact_url: idp.trust.artifact_url.clone(),
        trusted_certificates: party.map(|party| party.signing_certificates).unwrap_or_default(),
        must_be_signed: signs || idp.trust.spec.want_authn_requests_signed,
    };
    let resolve = received.verify(&settings)?;
    let is_its = |audience: &str| audience == resolve.issuer && audience == issuer;
    let waiting = idp.artifacts.get(&resolve.artifact, idp.now());
    // Whoever asks for the answer of another does not use it up.
    if !waiting.is_some_and(|waiting| is_its(&waiting.audience)) {
        return Ok(None);
    }
    Ok(idp.artifacts.take(&resolve.artifact, idp.now()).map(|waiting| waiting.response))
}
