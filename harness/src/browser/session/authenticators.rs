//! The W3C virtual-authenticator commands (WebAuthn Level 3, section 11).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use vestibule_model::Credential;

use super::WebDriverSession;
use crate::authenticator::browser_commands::{from_webdriver, to_webdriver, webdriver_authenticator};
use crate::browser::error::BrowserError;
use crate::browser::webdriver::ExtensionCommand;

/// Id of a virtual authenticator in its session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuthenticatorId(String);

impl WebDriverSession {
    /// Adds a built-in virtual authenticator to the open window: CTAP2, resident keys, user verification, immediate
    /// consent. Exactly one should exist: a second, empty one makes `credentials.get()` fail (contract C5.11).
    ///
    /// # Errors
    ///
    /// If the browser does not support virtual authenticators, or the session is lost.
    pub(crate) async fn add_authenticator(&self) -> Result<AuthenticatorId, BrowserError> {
        self.add_authenticator_with(webdriver_authenticator()).await
    }

    /// Adds a virtual authenticator with these parameters of the command.
    ///
    /// # Errors
    ///
    /// As [`Self::add_authenticator`].
    pub(crate) async fn add_authenticator_with(&self, parameters: Value) -> Result<AuthenticatorId, BrowserError> {
        let add = ExtensionCommand::post("webauthn/authenticator", parameters);
        let id = self.extension("add a virtual authenticator", add).await?;
        let id = id.as_str().ok_or_else(|| BrowserError::Refused {
            command: "add a virtual authenticator",
            reason: "the answer has no id".to_owned(),
        })?;
        let id = AuthenticatorId(id.to_owned());
        self.authenticators.lock().push(id.clone());
        Ok(id)
    }

    /// Removes a virtual authenticator with its credentials.
    ///
    /// # Errors
    ///
    /// If there is none with this id, or the session is lost.
    pub(crate) async fn remove_authenticator(&self, id: &AuthenticatorId) -> Result<(), BrowserError> {
        self.authenticators.lock().retain(|held| held != id);
        let remove = ExtensionCommand::delete(id.path(""));
        self.extension("remove a virtual authenticator", remove).await.map(drop)
    }

    /// Puts a credential into a virtual authenticator.
    ///
    /// # Errors
    ///
    /// If the browser refuses the credential, or the session is lost.
    pub(crate) async fn add_credential(
        &self,
        id: &AuthenticatorId,
        credential: &Credential,
    ) -> Result<(), BrowserError> {
        let add = ExtensionCommand::post(id.path("/credential"), to_webdriver(credential));
        self.extension("add a credential", add).await.map(drop)
    }

    /// Sets whether a credential may be backed up, and whether it is ("Set Credential Properties", WebAuthn Level 3, 11.10).
    ///
    /// # Errors
    ///
    /// If the authenticator has no such credential, the browser does not know the command, or the session is lost.
    pub(crate) async fn set_backup_flags(
        &self,
        id: &AuthenticatorId,
        credential_id: &[u8],
        (eligible, backed_up): (bool, bool),
    ) -> Result<(), BrowserError> {
        let credential = URL_SAFE_NO_PAD.encode(credential_id);
        let flags = json!({ "backupEligibility": eligible, "backupState": backed_up });
        let set = ExtensionCommand::post(id.path(&format!("/credentials/{credential}/props")), flags);
        self.extension("set the properties of a credential", set).await.map(drop)
    }

    /// Reads every credential of a virtual authenticator, including those that pages created.
    ///
    /// # Errors
    ///
    /// If a credential cannot be read, or the session is lost.
    pub(crate) async fn credentials(&self, id: &AuthenticatorId) -> Result<Vec<Credential>, BrowserError> {
        let answer = self.extension("read the credentials", ExtensionCommand::get(id.path("/credentials"))).await?;
        let credentials = answer.as_array().map(Vec::as_slice).unwrap_or_default();
        credentials.iter().map(|credential: &Value| Ok(from_webdriver(credential)?)).collect()
    }
}

impl AuthenticatorId {
    fn path(&self, below: &str) -> String {
        format!("webauthn/authenticator/{}{below}", self.0)
    }
}
