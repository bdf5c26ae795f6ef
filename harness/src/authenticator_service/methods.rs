//! The methods of the vault's accounts: codes and passkeys.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Semaphore;
use url::Url;
use vestibule_model::AuthenticatorFault;

use super::problem::Problem;
use super::request::{CeremonyRequest, CodeRequest};
use crate::authenticator::json::{authentication_response, creation_options, registration_response, request_options};
use crate::authenticator::{Authenticator, AuthenticatorError, AuthenticatorSettings, CodePlan, CredentialStore};
use crate::stopwatch;
use crate::vault::{Account, Vault, VaultError, VaultFile, next_code};

/// The methods of the accounts of a vault. Each change is in the file before its answer leaves.
#[derive(Debug)]
pub(crate) struct Methods {
    vault: Arc<VaultFile>,
    settings: AuthenticatorSettings,
    /// Whose turn it is: each try of a passphrase takes 128 MB or more.
    turn: Arc<Semaphore>,
}

/// A kind of ceremony.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ceremony {
    Create,
    Get,
}

impl Methods {
    /// Of this vault, by an authenticator that behaves like this.
    pub(crate) fn new(vault: VaultFile, settings: AuthenticatorSettings) -> Self {
        Self { vault: Arc::new(vault), settings, turn: Arc::new(Semaphore::new(1)) }
    }

    /// The accounts, without secrets.
    pub(super) async fn accounts(&self) -> Result<Value, Problem> {
        let vault = self.with_vault(VaultFile::read).await?;
        Ok(Value::Array(vault.accounts().iter().map(described).collect()))
    }

    /// A code of an account, for as many seconds as are left of its step.
    pub(super) async fn code(&self, request: CodeRequest) -> Result<Value, Problem> {
        let (user, host) = (request.user, request.host);
        let period = self
            .with_vault({
                let (user, host) = (user.clone(), host.clone());
                move |file| period(&file.read()?, &user, &host)
            })
            .await?;
        loop {
            let (user, host) = (user.clone(), host.clone());
            let plan = self.with_vault(move |file| next_code(file, &user, Some(&host), stopwatch::now())).await?;
            let now = stopwatch::now();
            match plan {
                CodePlan::Ready { code, step } => {
                    let end = step.saturating_add(1).saturating_mul(period).saturating_mul(1000);
                    let left = end.saturating_sub(u64::try_from(now.as_millisecond()).unwrap_or(0));
                    return Ok(json!({ "code": code.reveal(), "good-for-seconds": left / 1000 }));
                }
                CodePlan::WaitUntil(until) => {
                    let wait = Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO);
                    if !request.wait {
                        return Err(Problem::no_fresh_code(wait.as_secs() + 1));
                    }
                    // A step that another process takes meanwhile leads here again.
                    tokio::time::sleep(wait.clamp(SHORTEST_WAIT, LONGEST_WAIT)).await;
                }
            }
        }
    }

    /// The answer of a ceremony.
    pub(super) async fn ceremony(&self, kind: Ceremony, request: CeremonyRequest) -> Result<Value, Problem> {
        let origin = origin(&request.origin)?;
        let fault = request.fault.or(self.settings.fault);
        let settings = AuthenticatorSettings { fault, ..self.settings.clone() };
        let (user, options) = (request.user, request.options);
        let timeout = options.get("publicKey").unwrap_or(&options)["timeout"].as_u64();
        let answered = self
            .with_vault(move |file| {
                file.update(|vault| {
                    let account = vault.find_mut(&user, origin.host_str())?;
                    Ok(perform(kind, &mut account.passkeys, settings, &origin, &options))
                })
            })
            .await?;
        let ended_by = match &answered {
            Err(CeremonyError::Authenticator(AuthenticatorError::NotAllowed(fault))) => Some(*fault),
            _ => None,
        };
        match ended_by {
            Some(AuthenticatorFault::Hanging) => std::future::pending::<()>().await,
            Some(AuthenticatorFault::TimedOut) => {
                let timeout = timeout.map_or(USUAL_TIMEOUT, Duration::from_millis);
                tokio::time::sleep(timeout.min(LONGEST_TIMEOUT)).await;
            }
            _ => {}
        }
        answered.map_err(Problem::from)
    }

    /// Does something with the vault where it may take its time: another process may hold the lock, and a passphrase is slow
    /// on purpose.
    async fn with_vault<T: Send + 'static>(
        &self,
        work: impl FnOnce(&VaultFile) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, Problem> {
        let broken = |error: &dyn std::fmt::Display| Problem::broken(format!("failed to use the vault: {error}"));
        let turn = Arc::clone(&self.turn).acquire_owned().await.map_err(|error| broken(&error))?;
        let vault = Arc::clone(&self.vault);
        // A client that goes away does not end the work, and the next one has its turn after it.
        let worked = tokio::task::spawn_blocking(move || {
            let worked = work(&vault);
            drop(turn);
            worked
        });
        worked.await.map_err(|error| broken(&error))?.map_err(Problem::from)
    }
}

/// Why a ceremony gave nothing.
enum CeremonyError {
    /// The options cannot be read.
    Options(String),
    /// A browser would have raised an exception.
    Authenticator(AuthenticatorError),
}

impl From<CeremonyError> for Problem {
    fn from(error: CeremonyError) -> Self {
        match error {
            CeremonyError::Options(why) => {
                Self::bad_body(format!("failed to {why}"), "the options as the page gives them to the browser, as JSON")
            }
            CeremonyError::Authenticator(error) => error.into(),
        }
    }
}

fn perform(
    kind: Ceremony,
    passkeys: &mut CredentialStore,
    settings: AuthenticatorSettings,
    origin: &Url,
    options: &Value,
) -> Result<Value, CeremonyError> {
    let mut authenticator = Authenticator::with(passkeys, settings);
    match kind {
        Ceremony::Create => {
            let asked = creation_options(options, origin).map_err(|error| CeremonyError::Options(error.to_string()))?;
            let made = authenticator.register(origin, asked).map_err(CeremonyError::Authenticator)?;
            let credential = passkeys.credentials().iter().find(|credential| credential.id == made.raw_id);
            let lost = || CeremonyError::Options("keep the new passkey".to_owned());
            Ok(registration_response(&made, credential.ok_or_else(lost)?, options))
        }
        Ceremony::Get => {
            let asked = request_options(options, origin).map_err(|error| CeremonyError::Options(error.to_string()))?;
            let asserted = authenticator.authenticate(origin, asked).map_err(CeremonyError::Authenticator)?;
            Ok(authentication_response(&asserted))
        }
    }
}

/// An account without its secrets.
fn described(account: &Account) -> Value {
    let passkeys = account.passkeys.credentials().iter();
    let passkeys = passkeys.map(|passkey| json!({ "rp-id": passkey.rp_id, "counter": passkey.sign_count }));
    json!({
        "user": account.username,
        "host": account.host,
        "also": account.also,
        "password": account.password.is_some(),
        "totp": account.totp.is_some(),
        "passkeys": passkeys.collect::<Vec<_>>(),
    })
}

/// The seconds of a step of an account's TOTP app.
fn period(vault: &Vault, user: &str, host: &str) -> Result<u64, VaultError> {
    let account = vault.find(user, Some(host))?;
    let totp = account.totp.as_ref().ok_or_else(|| VaultError::NoTotp(user.to_owned()))?;
    Ok(totp.key.period.into())
}

/// The origin of a page.
fn origin(text: &str) -> Result<Url, Problem> {
    let url = Url::parse(text).ok().filter(|url| url.has_host() && url.username().is_empty());
    let bare = url.filter(|url| url.path() == "/" && url.query().is_none() && url.fragment().is_none());
    bare.ok_or_else(|| {
        let valid = "the origin of the page, such as `https://acme.my.salesforce.com`";
        Problem::bad_body(format!("`{text}` is not an origin"), valid)
    })
}

const SHORTEST_WAIT: Duration = Duration::from_millis(20);
/// A period may be long; a clock that was set meanwhile is seen after this time.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// For ceremonies that name no timeout, as browsers assume (WebAuthn Level 3, 15.1).
const USUAL_TIMEOUT: Duration = Duration::from_secs(300);
const LONGEST_TIMEOUT: Duration = Duration::from_secs(600);

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tempfile::TempDir;
    use tokio::task::JoinSet;

    use super::*;
    use crate::vault::VaultKey;

    #[tokio::test]
    async fn requests_that_come_at_once_open_the_vault_one_after_the_other() {
        let folder = TempDir::new().unwrap();
        let (key, _, _) = VaultKey::generate();
        let vault = VaultFile::create(folder.path().join("vault.age"), key).unwrap();
        let methods = Arc::new(Methods::new(vault, AuthenticatorSettings::default()));
        let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut requests = JoinSet::new();

        for _ in 0..4 {
            let (methods, open, most) = (Arc::clone(&methods), Arc::clone(&open), Arc::clone(&most));
            let work = move |file: &VaultFile| {
                most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(50));
                open.fetch_sub(1, Ordering::SeqCst);
                file.read()
            };
            requests.spawn(async move { methods.with_vault(work).await.is_ok() });
        }
        while let Some(answered) = requests.join_next().await {
            assert!(answered.unwrap());
        }

        assert_eq!(most.load(Ordering::SeqCst), 1);
    }
}
