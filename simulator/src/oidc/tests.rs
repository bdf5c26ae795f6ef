//! OpenID Connect messages against their specifications and against an independent JOSE library.

mod authorize;
mod discovery;
mod growth;
mod id_token;
mod pkce;
mod provider_document;
mod readable;
mod rejection;
mod token;

use std::sync::{Arc, OnceLock};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::JwkSet;
use serde_json::{Value, json};
use tempfile::TempDir;
use vestibule_certs::{CertStore, KeyAlgorithm, KeyState, SigningKey, jwk_set};

use crate::oidc::Expected;

const ISSUER: &str = "https://okta.localhost:8443";
const CLIENT: &str = "vestibule-AB12CD34";
const NONCE: &str = "n-0S6_WzA2Mj";
/// That of the example in OpenID Connect Core A.3.
const ACCESS_TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";

/// 2026-08-03 12:00 UTC.
const NOW: i64 = 1_785_758_400;

fn key(algorithm: KeyAlgorithm, state: KeyState) -> Arc<SigningKey> {
    static STORE: OnceLock<(Arc<CertStore>, TempDir)> = OnceLock::new();
    let (store, _) = STORE.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        (CertStore::open(dir.path(), Timestamp::from_second(NOW).unwrap()).unwrap(), dir)
    });
    store.signing_key(algorithm, state).unwrap()
}

fn valid(algorithm: KeyAlgorithm) -> Arc<SigningKey> {
    key(algorithm, KeyState::Valid)
}

/// What the issuer publishes: both valid keys and a successor.
fn published() -> JwkSet {
    let keys =
        [valid(KeyAlgorithm::Rsa2048), valid(KeyAlgorithm::EcP256), key(KeyAlgorithm::EcP256, KeyState::RolledOver)];
    jwk_set(keys.iter().map(|key| &**key))
}

fn expected() -> Expected<'static> {
    Expected {
        issuer: ISSUER,
        client_id: CLIENT,
        nonce: Some(NONCE),
        access_token: Some(ACCESS_TOKEN),
        max_age: None,
        now: Timestamp::from_second(NOW).unwrap(),
        leeway: SignedDuration::from_secs(30),
    }
}

/// Claims that are accepted as they are.
fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "rep@acme.example", "aud": CLIENT, "exp": NOW + 300, "iat": NOW, "auth_time": NOW - 5,
        "nonce": NONCE, "acr": "urn:okta:loa:2fa:any", "amr": ["pwd", "mfa", "swk"],
    })
}
