//! The environment of one case: its realm behind a listener of its own, and the credentials of each user.

use std::collections::BTreeMap;
use std::sync::Arc;

use url::Url;
use vestibule_certs::CertStore;
use vestibule_model::{AuthenticatorKind, Credential, PasskeyLoss, RealmSpec, SignInPage};
use vestibule_simulator::Simulator;
use vestibule_simulator::org::passkeys;
use vestibule_simulator::policy::Rulebook;
use vestibule_simulator::realm::{Component, HostRole, Realm, User};

use super::error::Broken;
use crate::actor::{AuthenticatorState, EmailReader, Persona};
use crate::authenticator::{Authenticator, CredentialStore, TotpGenerator};
use crate::scenario::Case;

/// The environment of one case. Dropping it ends its simulator.
pub(super) struct CaseEnv {
    pub(super) realm: Arc<Realm>,
    /// What each user keeps from one sign-in to the next, by key.
    held: BTreeMap<String, AuthenticatorState>,
    _simulator: Simulator,
}

impl CaseEnv {
    /// Starts the realm of a case and registers the passkeys that its users have before the first login.
    pub(super) async fn start(case: &Case, spec: RealmSpec, certs: &Arc<CertStore>) -> Result<Self, Broken> {
        let simulator = Simulator::builder()
            .spec(spec)
            .rulebook(Rulebook::resolve(&case.scenario.rulebook_choice())?)
            .certs(Arc::clone(certs))
            .start()
            .await?;
        let realm = Arc::clone(simulator.realm());
        let held = equip(&realm)?;
        Ok(Self { realm, held, _simulator: simulator })
    }

    /// The user with this key, who exists because the scenario was checked.
    pub(super) fn user(&self, key: &str) -> Result<User, Broken> {
        self.realm.users.get(key).ok_or_else(|| Broken::Step(format!("the realm has no user `{key}`")))
    }

    /// The persona that the actor plays, and its authenticator: only what the step allows.
    pub(super) fn credentials_for(
        &self,
        user: &User,
        allowed: AuthenticatorKind,
        sign_in: Option<&SignInPage>,
    ) -> Result<(Persona, AuthenticatorState), Broken> {
        let mut state = self.held.get(&user.key).cloned().unwrap_or_else(|| empty(&self.realm));
        state.kind = allowed;
        if allowed == AuthenticatorKind::SharedTotp {
            state.last_totp_step = None;
        }
        let app = if allowed.has_totp() { generator(user)? } else { None };
        if !allowed.has_totp() {
            state.totp = None;
        }
        let realm = Arc::clone(&self.realm);
        let key = user.key.clone();
        let persona = Persona {
            username: user.username.clone(),
            password: user.password.clone(),
            totp: app,
            temporary_code: user.temporary_code.as_ref().filter(|_| allowed.has_totp()).map(|(code, _)| code.clone()),
            email: Some(EmailReader::new(move || {
                let Some(user) = realm.users.get(&key) else { return Vec::new() };
                let is_for_user = |to: &str| user.addresses().any(|address| address.eq_ignore_ascii_case(to));
                let mails = realm.inbox.all().into_iter();
                mails.filter(|mail| is_for_user(&mail.to)).map(|mail| mail.body).collect()
            })),
            answers_push: user.spec.push.is_some(),
            idp_page: sign_in.cloned().unwrap_or_default(),
            remember: false,
        };
        Ok((persona, state))
    }

    /// The passkeys of this user, to be handed to a suite's browser.
    pub(super) fn passkeys(&self, user: &str) -> Vec<Credential> {
        self.held.get(user).map_or_else(Vec::new, |held| held.passkeys.credentials().to_vec())
    }

    /// A new credential of this user that is not registered, and that the org excludes from now on.
    pub(super) fn excluded_credential(&self, user: &User) -> Result<Credential, Broken> {
        let (options, _) = passkeys::start_registration(&self.realm, &user.key)?;
        let mut made = CredentialStore::default();
        Authenticator::new(&mut made).register(&my_domain(&self.realm)?, options)?;
        let credential = made.credentials().last().cloned();
        let credential = credential.ok_or_else(|| Broken::Step("the authenticator kept no credential".to_owned()))?;
        self.realm.secrets.learn(&credential.private_key);
        passkeys::exclude(&self.realm, &user.key, &credential.id);
        Ok(credential)
    }

    /// Stores what the user has after a sign-in. What the step did not allow stays as it was, and a fault ends with it.
    pub(super) fn put_back(&mut self, user: &str, mut state: AuthenticatorState) {
        state.fault = None;
        state.excluded = None;
        let kept = self.held.get(user).and_then(|held| held.totp.clone());
        state.totp = state.totp.or(kept);
        teach(&self.realm, &state);
        self.held.insert(user.to_owned(), state);
    }

    /// How many credentials this user has.
    pub(super) fn credentials(&self, user: &str) -> usize {
        self.held.get(user).map_or(0, |held| held.passkeys.credentials().len())
    }

    /// The RP ID of a credential of this user that was made for another host than My Domain.
    pub(super) fn foreign_rp_id(&self, user: &str) -> Option<String> {
        let own = self.realm.hosts.name(&HostRole::MyDomain);
        let credentials = self.held.get(user)?.passkeys.credentials();
        credentials.iter().find(|credential| credential.rp_id != own).map(|found| found.rp_id.clone())
    }

    /// Every secret of the realm and of its users' authenticators so far: nothing of these may be written.
    pub(super) fn secrets(&self) -> Vec<String> {
        self.realm.secrets.all().iter().map(|secret| secret.reveal().to_owned()).collect()
    }
}

/// Prepares the users of a realm that is served to a person: registers the passkeys that they have before the first login,
/// and uses up the codes of shared TOTP secrets. Returns the passkeys of each user who holds some, by key.
///
/// # Errors
///
/// If a ceremony fails.
pub(crate) fn prepare_users(realm: &Arc<Realm>) -> Result<BTreeMap<String, Vec<Credential>>, Broken> {
    use_up_shared_codes(realm);
    let held = equip(realm)?.into_iter().map(|(key, state)| (key, state.passkeys.credentials().to_vec()));
    Ok(held.filter(|(_, credentials)| !credentials.is_empty()).collect())
}

/// Lets the first codes of each user with a shared TOTP secret count as used, as if other workers had been faster.
pub(super) fn use_up_shared_codes(realm: &Realm) {
    for user in realm.users.all() {
        let races = user.spec.other_workers.max(u32::from(user.spec.totp_shared));
        realm.users.update(&user.key, |user| user.totp_races = races);
    }
}

/// Registers the passkeys that users have before the first login. Returns what each user then holds, by key.
fn equip(realm: &Arc<Realm>) -> Result<BTreeMap<String, AuthenticatorState>, Broken> {
    let held = realm.users.all().into_iter().map(|user| Ok((user.key.clone(), held(realm, &user)?)));
    let held: BTreeMap<String, AuthenticatorState> = held.collect::<Result<_, Broken>>()?;
    held.values().for_each(|state| teach(realm, state));
    Ok(held)
}

/// Makes the private keys that a user holds known as secrets. Those that a suite makes in an authenticator of its own
/// are recognised by their shape.
fn teach(realm: &Realm, state: &AuthenticatorState) {
    for credential in state.passkeys.credentials() {
        realm.secrets.learn(&credential.private_key);
    }
}

fn held(realm: &Arc<Realm>, user: &User) -> Result<AuthenticatorState, Broken> {
    let mut state = empty(realm);
    for method in user.spec.verifiers.iter().filter(|method| method.is_passkey()) {
        let (options, registration) = passkeys::start_registration(realm, &user.key)?;
        let credential = Authenticator::new(&mut state.passkeys).register(&my_domain(realm)?, options)?;
        passkeys::finish_registration(realm, &registration, &credential, *method)?;
    }
    match user.spec.passkey_lost {
        Some(PasskeyLoss::Renamed) => state.passkeys = at_the_old_name(&state.passkeys),
        Some(PasskeyLoss::Refreshed) => {
            realm.users.update(&user.key, |user| user.passkeys.clear());
        }
        None => {}
    }
    Ok(state)
}

/// The origin of the org, where its passkeys are made.
fn my_domain(realm: &Realm) -> Result<Url, Broken> {
    Url::parse(&realm.my_domain_origin()).map_err(|error| Broken::Step(error.to_string()))
}

/// The credentials as they were before the org's My Domain name changed: their RP ID is the old host.
fn at_the_old_name(passkeys: &CredentialStore) -> CredentialStore {
    let mut old = CredentialStore::default();
    for credential in passkeys.credentials() {
        let mut credential = credential.clone();
        credential.rp_id = format!("old-{}", credential.rp_id);
        old.store(credential);
    }
    old
}

fn empty(realm: &Arc<Realm>) -> AuthenticatorState {
    let realm = Arc::clone(realm);
    AuthenticatorState::new(move || realm.clock.now(Component::Authenticator))
}

fn generator(user: &User) -> Result<Option<TotpGenerator>, Broken> {
    let secret = user.totp_secret.as_ref();
    Ok(secret.map(TotpGenerator::from_base32).transpose()?)
}
