//! What programs send.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use vestibule_model::AuthenticatorFault;

use super::problem::Problem;

/// `POST /totp`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeRequest {
    /// The user name.
    pub(super) user: String,
    /// The host where the code will be typed.
    pub(super) host: String,
    /// Whether to wait for a code that nobody was given.
    #[serde(default)]
    pub(super) wait: bool,
}

/// `POST /webauthn/create` and `POST /webauthn/get`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CeremonyRequest {
    /// The user name.
    pub(super) user: String,
    /// The origin of the page that asks: `https://acme.my.salesforce.com`.
    pub(super) origin: String,
    /// `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON`.
    pub(super) options: Value,
    /// What the authenticator does wrong this time.
    #[serde(default)]
    pub(super) fault: Option<AuthenticatorFault>,
}

/// Reads a body; `valid` says in a problem what it should be.
pub(super) fn read<T: DeserializeOwned>(body: &[u8], valid: &str) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| Problem::bad_body(format!("failed to read the body: {error}"), valid))
}
