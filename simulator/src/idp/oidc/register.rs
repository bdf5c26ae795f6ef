//! The registration endpoint: a client on this machine registers itself, where any of them may ask.
//!
//! Source: RFC 7591 3.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use jiff::SignedDuration;
use vestibule_model::{RelyingPartySpec, Secret};

use crate::idp::state::Idp;
use crate::oidc::{ClientInformation, ClientMetadata, IssuedSecret, RegistrationError};

/// Registers a client.
pub(in crate::idp) async fn post(State(idp): State<Arc<Idp>>, body: Result<Bytes, BytesRejection>) -> Response {
    let too_large = |_| RegistrationError::Metadata("the request is too large".to_owned());
    match body.map_err(too_large).and_then(|body| register(&idp, &body)) {
        Ok(client) => (StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(client)).into_response(),
        Err(error) => {
            idp.record_refusal(error.code(), error.to_string(), None);
            let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
            (StatusCode::BAD_REQUEST, headers, error.body()).into_response()
        }
    }
}

fn register(idp: &Idp, body: &[u8]) -> Result<ClientInformation, RegistrationError> {
    let metadata = ClientMetadata::parse(body)?;
    let client_id = format!("client-{}", idp.realm.entropy.alphanumeric(12));
    let end = idp.after(LIFETIME);
    let secret = metadata.client_auth.map(|_| idp.realm.entropy.token());
    let client = RelyingPartySpec {
        client_secret: secret.as_deref().map(Secret::new),
        client_auth: metadata.client_auth,
        redirect_uris: metadata.redirect_uris.clone(),
    };
    idp.clients.put(&client_id, client, end, idp.now());
    let secret = secret.map(|value| IssuedSecret { value, expires_at: end.as_second() });
    Ok(metadata.registered(client_id, secret, idp.now().as_second()))
}

/// How long a client stays registered.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 30);
