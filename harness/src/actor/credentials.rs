//! The authenticator that a persona has for a sign-in.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use vestibule_model::{AuthenticatorFault, AuthenticatorKind, Credential};

use crate::authenticator::browser_commands::faulty_credential;
use crate::authenticator::{CredentialStore, TotpGenerator};
use crate::browser::{AuthenticatorId, BrowserError, WebDriverSession};

/// What a persona keeps from one sign-in to the next.
#[derive(Clone)]
pub struct AuthenticatorState {
    /// What it may be used for.
    pub(crate) kind: AuthenticatorKind,
    /// What it does wrong in the browser.
    pub(crate) fault: Option<AuthenticatorFault>,
    /// A credential that it has in the browser besides, and that the org excludes.
    pub(crate) excluded: Option<Credential>,
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
            fault: None,
            excluded: None,
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

    /// The credentials as the authenticator of a browser is to hold them; `None` if the fault needs a counter that one of them
    /// does not have yet.
    pub(crate) fn in_browser(&self) -> Option<Vec<Credential>> {
        let own = self.passkeys.credentials().iter().map(|credential| match self.fault {
            Some(fault) => faulty_credential(credential, fault),
            None => Some(credential.clone()),
        });
        own.chain(self.excluded.clone().map(Some)).collect()
    }

    /// Puts the authenticator with its credentials into the open window.
    pub(super) async fn add_to(&self, session: &WebDriverSession) -> Result<Option<AuthenticatorId>, BrowserError> {
        if !self.kind.has_passkeys() {
            return Ok(None);
        }
        let id = match self.fault {
            None => session.add_authenticator().await?,
            Some(fault) => match session.add_faulty_authenticator(fault).await? {
                Some(id) => id,
                None => return Ok(None),
            },
        };
        for credential in self.in_browser().into_iter().flatten() {
            match self.fault {
                None => session.add_credential(&id, &credential).await?,
                Some(fault) => session.add_faulty_credential(&id, &credential, fault).await?,
            }
            if let Some(flags) = self.fault.and_then(AuthenticatorFault::backup_flags) {
                session.set_backup_flags(&id, &credential.id, flags).await?;
            }
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
            self.keep(credential);
        }
        session.remove_authenticator(&id).await
    }

    /// Keeps a credential of the browser. What a fault made of one that was there before is not true of it; its counter is.
    fn keep(&mut self, credential: Credential) {
        if self.fault.is_none() {
            self.passkeys.store(credential);
            return;
        }
        let is_excluded = self.excluded.as_ref().is_some_and(|excluded| excluded.id == credential.id);
        let held = self.passkeys.credentials().iter().find(|held| held.id == credential.id).cloned();
        match held {
            Some(held) if held.rp_id == credential.rp_id => {
                self.passkeys.store(Credential { sign_count: credential.sign_count, ..held });
            }
            Some(_) => {}
            None if is_excluded => {}
            None => self.passkeys.store(credential),
        }
    }
}

impl fmt::Debug for AuthenticatorState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticatorState")
            .field("kind", &self.kind)
            .field("fault", &self.fault)
            .field("passkeys", &self.passkeys)
            .field("last_totp_step", &self.last_totp_step)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use vestibule_model::Secret;

    use super::*;

    fn credential(id: u8) -> Credential {
        Credential {
            id: vec![id],
            rp_id: "acme.localhost".to_owned(),
            user_handle: None,
            user_name: None,
            private_key: Secret::new("of a test"),
            sign_count: 2,
            resident: true,
            backup_eligible: false,
            backed_up: false,
        }
    }

    fn state(fault: AuthenticatorFault) -> AuthenticatorState {
        let mut state = AuthenticatorState::new(|| Timestamp::UNIX_EPOCH);
        state.passkeys.store(credential(1));
        state.fault = Some(fault);
        state
    }

    /// What a faulty authenticator said of a passkey would otherwise be true of it at the next sign-in.
    #[test]
    fn a_fault_ends_with_its_sign_in_and_counters_and_new_passkeys_stay() {
        let mut flagged = state(AuthenticatorFault::BackedUp);
        flagged.keep(Credential { backup_eligible: true, backed_up: true, sign_count: 3, ..credential(1) });
        flagged.keep(Credential { backup_eligible: true, ..credential(2) });
        let kept = flagged.passkeys.credentials();
        assert_eq!((kept[0].backup_eligible, kept[0].backed_up, kept[0].sign_count), (false, false, 3));
        assert_eq!((kept.len(), kept[1].backup_eligible), (2, true), "it was created so");

        let mut elsewhere = state(AuthenticatorFault::WrongOrigin);
        elsewhere.keep(Credential { rp_id: "elsewhere.example".to_owned(), ..credential(1) });
        assert_eq!(elsewhere.passkeys.credentials(), [credential(1)]);

        let mut behind = state(AuthenticatorFault::CounterLower);
        behind.keep(Credential { sign_count: 1, ..credential(1) });
        assert_eq!(behind.passkeys.credentials()[0].sign_count, 2, "a counter never goes back");
    }

    #[test]
    fn an_excluded_passkey_is_in_the_browser_and_is_not_kept() {
        let mut state = state(AuthenticatorFault::ExcludedCredential);
        state.excluded = Some(credential(9));

        assert_eq!(state.in_browser().unwrap(), [credential(1), credential(9)]);
        state.keep(credential(9));
        assert_eq!(state.passkeys.credentials(), [credential(1)]);
    }
}
