//! The W3C virtual-authenticator commands (WebAuthn Level 3, section 11).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use vestibule_model::{AuthenticatorFault, Credential};

use super::WebDriverSession;
use crate::authenticator::browser_commands::{
    faulty_authenticator, from_geckodriver, from_webdriver, to_geckodriver, to_webdriver, webdriver_authenticator,
};
use crate::authenticator::{CredentialStore, answer_ceremony};
use crate::browser::error::BrowserError;
use crate::browser::kind::BrowserKind;
use crate::browser::webdriver::ExtensionCommand;

/// An authenticator of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AuthenticatorId {
    /// A virtual authenticator, by its id.
    Virtual(String),
    /// A script that stands in for one in each page, by its id. Its credentials are not in the browser.
    InPage(String),
}

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
        let id = AuthenticatorId::Virtual(id.to_owned());
        self.authenticators.lock().push(id.clone());
        Ok(id)
    }

    /// Adds an authenticator that does something wrong; `None` if there is to be none.
    ///
    /// A virtual authenticator of Firefox whose user does not consent refuses at once, and so does a Firefox without any: there, a
    /// script in the page lets ceremonies wait. No command sets the backup flags of its passkeys, and one that cannot verify its user
    /// answers nevertheless: there, a script asks the software authenticator.
    ///
    /// # Errors
    ///
    /// As [`Self::add_authenticator`].
    pub(crate) async fn add_faulty_authenticator(
        &self,
        fault: AuthenticatorFault,
    ) -> Result<Option<AuthenticatorId>, BrowserError> {
        let Some(parameters) = faulty_authenticator(fault) else { return Ok(None) };
        let waits = matches!(fault, AuthenticatorFault::TimedOut | AuthenticatorFault::Hanging);
        let script = match self.kind {
            BrowserKind::Firefox if waits => self.backend.silence_user().await?,
            BrowserKind::Firefox
                if fault.backup_flags().is_some() || fault == AuthenticatorFault::UserVerificationAbsent =>
            {
                self.answer_in_page(fault).await?
            }
            _ => return self.add_authenticator_with(parameters).await.map(Some),
        };
        let id = AuthenticatorId::InPage(script);
        self.authenticators.lock().push(id.clone());
        Ok(Some(id))
    }

    /// Lets a software authenticator answer the ceremonies of the open tab.
    async fn answer_in_page(&self, fault: AuthenticatorFault) -> Result<String, BrowserError> {
        let passkeys = Arc::clone(&self.in_page);
        *passkeys.lock() = CredentialStore::default();
        let answer = move |asked: &str| {
            let asked: Value = serde_json::from_str(asked).unwrap_or_default();
            answer_ceremony(&mut passkeys.lock(), Some(fault), &asked).to_string()
        };
        self.backend.answer_ceremonies(answer).await
    }

    /// Removes a virtual authenticator with its credentials.
    ///
    /// # Errors
    ///
    /// If there is none with this id, or the session is lost.
    pub(crate) async fn remove_authenticator(&self, id: &AuthenticatorId) -> Result<(), BrowserError> {
        self.authenticators.lock().retain(|held| held != id);
        let path = match id {
            AuthenticatorId::Virtual(id) => path(id, ""),
            AuthenticatorId::InPage(script) => {
                *self.in_page.lock() = CredentialStore::default();
                return self.backend.remove_script(script).await;
            }
        };
        let remove = ExtensionCommand::delete(path);
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
        let AuthenticatorId::Virtual(id) = id else {
            self.in_page.lock().store(credential.clone());
            return Ok(());
        };
        let parameters = match self.kind {
            BrowserKind::Chromium => to_webdriver(credential),
            BrowserKind::Firefox => to_geckodriver(credential),
        };
        let add = ExtensionCommand::post(path(id, "/credential"), parameters);
        self.extension("add a credential", add).await.map(drop)
    }

    /// The same for a credential that an authenticator holds which does something wrong.
    ///
    /// Before a Firefox asks for an assertion from a list of passkeys, it looks which of them an authenticator has, by an
    /// assertion that nobody sees. It counts.
    ///
    /// # Errors
    ///
    /// As [`Self::add_credential`].
    pub(crate) async fn add_faulty_credential(
        &self,
        id: &AuthenticatorId,
        credential: &Credential,
        fault: AuthenticatorFault,
    ) -> Result<(), BrowserError> {
        let counts = matches!(fault, AuthenticatorFault::CounterLower | AuthenticatorFault::CounterEqual);
        if self.kind == BrowserKind::Firefox && counts {
            let sign_count = credential.sign_count.saturating_sub(1);
            return self.add_credential(id, &Credential { sign_count, ..credential.clone() }).await;
        }
        self.add_credential(id, credential).await
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
        let AuthenticatorId::Virtual(id) = id else { return Ok(()) };
        let credential = URL_SAFE_NO_PAD.encode(credential_id);
        let flags = json!({ "backupEligibility": eligible, "backupState": backed_up });
        let set = ExtensionCommand::post(path(id, &format!("/credentials/{credential}/props")), flags);
        self.extension("set the properties of a credential", set).await.map(drop)
    }

    /// Reads every credential of a virtual authenticator, including those that pages created.
    ///
    /// # Errors
    ///
    /// If a credential cannot be read, or the session is lost.
    pub(crate) async fn credentials(&self, id: &AuthenticatorId) -> Result<Vec<Credential>, BrowserError> {
        let AuthenticatorId::Virtual(id) = id else { return Ok(self.in_page.lock().credentials().to_vec()) };
        let answer = self.extension("read the credentials", ExtensionCommand::get(path(id, "/credentials"))).await?;
        let credentials = answer.as_array().map(Vec::as_slice).unwrap_or_default();
        let read = match self.kind {
            BrowserKind::Chromium => from_webdriver,
            BrowserKind::Firefox => from_geckodriver,
        };
        let own = credentials.iter().filter(|credential| credential["rpId"] != DUMMY_RP_ID);
        own.map(|credential: &Value| Ok(read(credential)?)).collect()
    }
}

/// Firefox asks an authenticator that has no fitting passkey to create one for this RP, so that a security key blinks. Its virtual
/// authenticators keep it.
const DUMMY_RP_ID: &str = "make.me.blink";

fn path(id: &str, below: &str) -> String {
    format!("webauthn/authenticator/{id}{below}")
}
