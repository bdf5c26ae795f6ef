//! The authenticator that a persona has for a sign-in.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use vestibule_model::AuthenticatorKind;

use crate::authenticator::{CredentialStore, TotpGenerator};
use crate::browser::{AuthenticatorId, BrowserError, WebDriverSession};

/// What a persona keeps from one sign-in to the next.
#[derive(Clone)]
pub struct AuthenticatorState {
    /// What it may be used for.
    pub(crate) kind: AuthenticatorKind,
    /// The persona's credentials.
    pub(crate) passkeys: CredentialStore,
    /// The TOTP app that was connected during a sign-in; it replaces the persona's.
    pub(crate) totp: Option<TotpGenerator>,
    /// The last TOTP step that was typed; never typed again.
    pub(crate) last_totp_step: Option<u64>,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl AuthenticatorState {
    /// A persona without credentials, whose TOTP app reads this clock.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self {
            kind: AuthenticatorKind::Totp,
            passkeys: CredentialStore::default(),
            totp: None,
            last_totp_step: None,
            now: Arc::new(now),
        }
    }

    /// The time as the persona's TOTP app sees it.
    pub(crate) fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// Puts the authenticator with its credentials into the open window.
    pub(super) async fn add_to(&self, session: &WebDriverSession) -> Result<Option<AuthenticatorId>, BrowserError> {
        if !self.kind.has_passkeys() {
            return Ok(None);
        }
        let id = session.add_authenticator().await?;
        for credential in self.passkeys.credentials() {
            session.add_credential(&id, credential).await?;
        }
        Ok(Some(id))
    }

    /// Removes the authenticator. New credentials and counters go back into the store.
    pub(super) async fn remove_from(
        &mut self,
        session: &WebDriverSession,
        id: Option<AuthenticatorId>,
    ) -> Result<(), BrowserError> {
        let Some(id) = id else { return Ok(()) };
        for credential in session.credentials(&id).await? {
            self.passkeys.store(credential);
        }
        session.remove_authenticator(&id).await
    }
}

impl fmt::Debug for AuthenticatorState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticatorState")
            .field("kind", &self.kind)
            .field("passkeys", &self.passkeys)
            .field("last_totp_step", &self.last_totp_step)
            .finish_non_exhaustive()
    }
}
