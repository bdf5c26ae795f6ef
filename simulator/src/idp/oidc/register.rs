//! The registration endpoint: a client on this machine registers itself, where any of them may ask, and manages its
//! registration.
//!
//! Source: RFC 7591 3, RFC 7592 2.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use jiff::SignedDuration;
use openssl::memcmp;
use serde_json::Value;
use vestibule_model::{RelyingPartySpec, Secret};

use super::{answer, client};
use crate::http::{NOT_STORED, RequestContext};
use crate::idp::provider::RegisteredClient;
use crate::idp::state::Idp;
use crate::oidc::{ClientInformation, ClientMetadata, Management, REGISTRATION_PATH, RegistrationError, check_sector};

/// Registers a client.
pub(in crate::idp) async fn post(State(idp): State<Arc<Idp>>, body: Result<Bytes, BytesRejection>) -> Response {
    let registered = match body.map_err(too_large) {
        Ok(body) => register(&idp, &body).await,
        Err(error) => Err(error),
    };
    match registered {
        Ok(client) => answer::json(StatusCode::CREATED, &client),
        Err(error) => refuse(&idp, &error),
    }
}

/// Reads a registration (RFC 7592 2.1).
pub(in crate::idp) async fn get(
    State(idp): State<Arc<Idp>>,
    Path(client_id): Path<String>,
    context: RequestContext,
) -> Response {
    match managed(&idp, &context, &client_id) {
        Some(client) => answer::json(StatusCode::OK, &information(&idp, client_id, client)),
        None => unauthorized(),
    }
}

/// Replaces a registration (RFC 7592 2.2).
pub(in crate::idp) async fn put(
    State(idp): State<Arc<Idp>>,
    Path(client_id): Path<String>,
    context: RequestContext,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Some(client) = managed(&idp, &context, &client_id) else { return unauthorized() };
    let replaced = match body.map_err(too_large) {
        Ok(body) => replace(&idp, &client_id, client, &body).await,
        Err(error) => Err(error),
    };
    match replaced {
        Ok(client) => answer::json(StatusCode::OK, &client),
        Err(error) => refuse(&idp, &error),
    }
}

/// Removes a registration (RFC 7592 2.3).
pub(in crate::idp) async fn delete(
    State(idp): State<Arc<Idp>>,
    Path(client_id): Path<String>,
    context: RequestContext,
) -> Response {
    match managed(&idp, &context, &client_id) {
        Some(_) => {
            idp.provider.clients.take(&client_id, idp.now());
            (StatusCode::NO_CONTENT, NOT_STORED).into_response()
        }
        None => unauthorized(),
    }
}

async fn register(idp: &Idp, body: &[u8]) -> Result<ClientInformation, RegistrationError> {
    let ClientMetadata { client, client_name } = ClientMetadata::parse(body)?;
    read_sector(idp, &client).await?;
    let client_id = format!("client-{}", idp.realm.entropy.alphanumeric(12));
    let client = RegisteredClient {
        spec: with_secret(idp, client, None),
        name: client_name,
        access_token: Secret::new(idp.realm.entropy.token()),
        issued_at: idp.now(),
        expires_at: idp.after(LIFETIME),
    };
    idp.provider.clients.put(&client_id, client.clone(), client.expires_at, idp.now());
    Ok(information(idp, client_id, client))
}

async fn replace(
    idp: &Idp,
    client_id: &str,
    before: RegisteredClient,
    body: &[u8],
) -> Result<ClientInformation, RegistrationError> {
    let sent: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let named = |name: &str| sent.get(name).and_then(Value::as_str);
    if named("client_id") != Some(client_id) {
        let why = "client_id is missing or differs from that of the registration";
        return Err(RegistrationError::Metadata(why.to_owned()));
    }
    // RFC 7592 2.2: a client may repeat its secret and not choose another one.
    let secret = before.spec.client_secret.as_ref();
    if named("client_secret").is_some_and(|sent| secret.is_none_or(|own| own.reveal() != sent)) {
        return Err(RegistrationError::Metadata("client_secret differs from that of the registration".to_owned()));
    }
    let ClientMetadata { client, client_name } = ClientMetadata::parse(body)?;
    read_sector(idp, &client).await?;
    let spec = with_secret(idp, client, before.spec.client_secret.clone());
    let client = RegisteredClient { spec, name: client_name, ..before };
    idp.provider.clients.put(client_id, client.clone(), client.expires_at, idp.now());
    Ok(information(idp, client_id.to_owned(), client))
}

/// Reads the document of the sector that a client names, on this machine only, and checks that it names the client back.
async fn read_sector(idp: &Idp, client: &RelyingPartySpec) -> Result<(), RegistrationError> {
    let Some(uri) = &client.sector_identifier_uri else { return Ok(()) };
    let unusable = |why| RegistrationError::Metadata(format!("sector_identifier_uri cannot be used: {why}"));
    let document = client::get(idp, uri).await.map_err(unusable)?;
    check_sector(&document, &client.redirect_uris)
}

/// The client with a secret, if it authenticates with one.
fn with_secret(idp: &Idp, client: RelyingPartySpec, before: Option<Secret>) -> RelyingPartySpec {
    use vestibule_model::RelyingPartyAuth::{Basic, Post, PrivateKeyJwt, SecretJwt, SelfSignedTlsClient, TlsClient};
    let client_secret = match client.client_auth {
        Some(Basic | Post | SecretJwt) => Some(before.unwrap_or_else(|| Secret::new(idp.realm.entropy.token()))),
        Some(PrivateKeyJwt | TlsClient | SelfSignedTlsClient) | None => None,
    };
    RelyingPartySpec { client_secret, ..client }
}

fn information(idp: &Idp, client_id: String, client: RegisteredClient) -> ClientInformation {
    let management = Management {
        access_token: client.access_token.reveal().to_owned(),
        uri: idp.url(&format!("{REGISTRATION_PATH}/{client_id}")),
        issued_at: client.issued_at.as_second(),
        expires_at: client.expires_at.as_second(),
    };
    ClientMetadata { client: client.spec, client_name: client.name }.registered(client_id, management)
}

/// The registration that the bearer of its token manages.
fn managed(idp: &Idp, context: &RequestContext, client_id: &str) -> Option<RegisteredClient> {
    let client = idp.provider.clients.get(client_id, idp.now())?;
    let (given, own) = (context.bearer()?, client.access_token.clone());
    let (given, own) = (given.reveal().as_bytes(), own.reveal().as_bytes());
    (given.len() == own.len() && memcmp::eq(given, own)).then_some(client)
}

fn too_large(_: BytesRejection) -> RegistrationError {
    RegistrationError::Metadata("the request is too large".to_owned())
}

fn refuse(idp: &Idp, error: &RegistrationError) -> Response {
    idp.record_refusal(error.code(), error.to_string(), None);
    (StatusCode::BAD_REQUEST, [(CONTENT_TYPE, "application/json")], NOT_STORED, error.body()).into_response()
}

/// RFC 7592 2.1: the answer is the same for a wrong token and for a client that does not exist.
fn unauthorized() -> Response {
    (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")], NOT_STORED).into_response()
}

/// How long a client stays registered.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 30);
