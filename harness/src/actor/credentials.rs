//! The authenticator that a persona has for a sign-in.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::authenticator::{TotpGenerator, Vault};
use crate::browser::{AuthenticatorId, BrowserError, WebDriverSession};

/// Whether the browser has an authenticator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthenticatorChoice {
    /// None: a WebAuthn ceremony waits for a device that does not exist.
    None,
    /// A virtual one, with the persona's credentials.
    Virtual,
}

/// What a persona keeps from one sign-in to the next.
#[derive(Clone)]
pub struct AuthenticatorState {
    /// Whether the browser has an authenticator.
    pub(crate) choice: AuthenticatorChoice,
    /// Whether to connect a TOTP app if the enrolment gate offers one and the browser has no authenticator.
    pub(crate) enrols_totp: bool,
    /// The persona's credentials.
    pub(crate) vault: Vault,
    /// The TOTP app that was connected during a sign-in; it replaces the persona's.
    pub(crate) totp: Option<TotpGenerator>,
    /// The last TOTP step that was typed; never typed again.
    pub(crate) last_totp_step: Option<u64>,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl AuthenticatorState {
    /// A persona without credentials, whose TOTP app reads this clock.
    pub fn new(choice: AuthenticatorChoice, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self {
            choice,
            enrols_totp: true,
            vault: Vault::default(),
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
        let AuthenticatorChoice::Virtual = self.choice else { return Ok(None) };
        let id = session.add_authenticator().await?;
        for credential in self.vault.credentials() {
            session.add_credential(&id, credential).await?;
        }
        Ok(Some(id))
    }

    /// Removes the authenticator. New credentials and counters go back into the vault.
    pub(super) async fn remove_from(
        &mut self,
        session: &WebDriverSession,
        id: Option<AuthenticatorId>,
    ) -> Result<(), BrowserError> {
        let Some(id) = id else { return Ok(()) };
        for credential in session.credentials(&id).await? {
            self.vault.store(credential);
        }
        session.remove_authenticator(&id).await
    }
}

impl fmt::Debug for AuthenticatorState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticatorState")
            .field("choice", &self.choice)
            .field("enrols_totp", &self.enrols_totp)
            .field("vault", &self.vault)
            .field("last_totp_step", &self.last_totp_step)
            .finish_non_exhaustive()
    }
}
