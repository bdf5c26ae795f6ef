//! The users of a realm and what they have registered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use webauthn_rs::prelude::Passkey;

use super::clock::later;
use super::devices::Devices;
use super::entropy::Entropy;
use super::secrets::Secrets;
use vestibule_model::{
    LoginRestrictions, OrgSpec, PageName, PushAnswer, Secret, UserFacts, UserIdentity, UserSpec, VerificationMethod,
};

/// A user in the current state of the realm.
#[derive(Debug, Clone)]
pub struct User {
    /// Key in the realm.
    pub key: String,
    /// 18-character user id (`005…`).
    pub id: String,
    /// Username.
    pub username: String,
    /// Password.
    pub password: Secret,
    /// Email address.
    pub email: String,
    /// The verified mobile phone, if there is one.
    pub phone: Option<String>,
    /// Federation ID.
    pub federation_id: String,
    /// The specification of the user.
    pub spec: UserSpec,
    /// Base32 TOTP secret, if a TOTP app is registered.
    pub totp_secret: Option<Secret>,
    /// The last TOTP step that was accepted; a code of this or an earlier step is a replay (RFC 6238, 5.2).
    pub(crate) last_totp_step: Option<u64>,
    /// How many more codes another holder of the TOTP secret uses first, each of a window of its own.
    pub totp_races: u32,
    /// What the holder of the phone answers to the next request of Salesforce Authenticator, if a test said so.
    pub(crate) push_answer: Option<PushAnswer>,
    /// Registered passkeys, each with its method.
    pub passkeys: Vec<(VerificationMethod, Passkey)>,
    /// Ids of credentials that are not registered, and that the org excludes when a passkey is created.
    pub(crate) excluded_passkeys: Vec<Vec<u8>>,
    /// The temporary verification code an admin made, with its expiry.
    pub temporary_code: Option<(Secret, Timestamp)>,
    /// The security token, if one was asked for. It follows the password in a login through the API.
    pub security_token: Option<Secret>,
    /// The browsers activated for this user (device activation).
    pub devices: Devices,
    /// The pages between login and destination that never appear again for this user.
    pub(crate) settled: BTreeSet<PageName>,
    /// Wrong passwords since the last right one.
    pub(crate) failed_passwords: u32,
    /// Wrong codes since the last right one.
    pub(crate) failed_codes: u32,
    /// Locked out until then.
    pub(crate) locked_until: Option<Timestamp>,
}

impl User {
    /// Whether this is the id of the user: of 15 characters, or of 18 with the check characters.
    pub(crate) fn has_id(&self, id: &str) -> bool {
        self.id == id || self.id.get(..15) == Some(id)
    }

    /// Where codes for the user arrive: the mobile phone, if there is one, and the email address.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.phone.as_deref().into_iter().chain([self.email.as_str()]).filter(|address| !address.is_empty())
    }

    /// Whether the user is locked out now.
    pub fn is_locked(&self, now: Timestamp) -> bool {
        self.locked_until.is_some_and(|until| now < until || until == Timestamp::MAX)
    }

    /// The verifiers registered now.
    pub fn verifiers(&self, now: Timestamp) -> BTreeSet<VerificationMethod> {
        let mut verifiers: BTreeSet<_> = self.passkeys.iter().map(|(method, _)| *method).collect();
        if self.totp_secret.is_some() {
            verifiers.insert(VerificationMethod::TotpApp);
        }
        verifiers.extend(self.spec.verifiers.iter().filter(|method| !method.has_secret()));
        if self.temporary_code.is_some() && !self.temporary_code_expired(now) {
            verifiers.insert(VerificationMethod::TemporaryCode);
        }
        verifiers
    }

    /// Whether the temporary code that an admin generated has expired. It is then no longer a verifier.
    pub fn temporary_code_expired(&self, now: Timestamp) -> bool {
        self.temporary_code.as_ref().is_some_and(|(_, expiry)| *expiry <= now)
    }

    /// Ends a lockout, and forgets what was counted towards the next one.
    pub(super) fn unlock(&mut self) {
        self.locked_until = None;
        self.failed_passwords = 0;
        self.failed_codes = 0;
    }

    /// The facts for the rules.
    pub fn facts(&self, now: Timestamp) -> UserFacts {
        let facts = self.spec.facts();
        let restrictions = LoginRestrictions { locked: self.is_locked(now), ..facts.restrictions };
        UserFacts { verifiers: self.verifiers(now), restrictions, ..facts }
    }

    fn teach(&self, secrets: &Secrets) {
        let code = self.temporary_code.as_ref().map(|(code, _)| code);
        let (totp, token) = (self.totp_secret.as_ref(), self.security_token.as_ref());
        for secret in [Some(&self.password), totp, code, token].into_iter().flatten() {
            secrets.learn(secret);
        }
        for device in self.devices.ids() {
            secrets.learn(&Secret::new(device));
        }
    }
}

/// The users of one realm.
#[derive(Debug)]
pub struct Users {
    by_key: Mutex<BTreeMap<String, User>>,
    secrets: Arc<Secrets>,
}

impl Users {
    pub(super) fn create(specs: &BTreeMap<String, UserSpec>, org: &OrgSpec, entropy: &Entropy, now: Timestamp) -> Self {
        let by_key = specs.iter().map(|(key, spec)| (key.clone(), create(key, spec, org, entropy, now)));
        let by_key: BTreeMap<_, _> = by_key.collect();
        let secrets = Arc::clone(entropy.secrets());
        by_key.values().for_each(|user| user.teach(&secrets));
        Self { by_key: Mutex::new(by_key), secrets }
    }

    /// The user with this key.
    pub fn get(&self, key: &str) -> Option<User> {
        self.by_key.lock().get(key).cloned()
    }

    /// The user with this username, compared without case.
    pub(crate) fn by_username(&self, username: &str) -> Option<User> {
        self.by_key.lock().values().find(|user| user.username.eq_ignore_ascii_case(username)).cloned()
    }

    /// The user with this Federation ID, compared exactly.
    pub(crate) fn by_federation_id(&self, id: &str) -> Option<User> {
        self.by_key.lock().values().find(|user| user.federation_id == id).cloned()
    }

    /// The user whom an identity provider names by this value.
    pub(crate) fn identified(&self, by: UserIdentity, value: &str) -> Option<User> {
        match by {
            UserIdentity::FederationId => self.by_federation_id(value),
            UserIdentity::Username => self.by_username(value),
            UserIdentity::UserId => self.by_key.lock().values().find(|user| user.has_id(value)).cloned(),
        }
    }

    /// Adds a user under its username as its key; `None` if another has the username or the Federation ID. An identity
    /// provider that names users by the one must not choose whom another names by the other.
    pub(super) fn add(&self, spec: &UserSpec, org: &OrgSpec, entropy: &Entropy, now: Timestamp) -> Option<User> {
        let key = spec.username.as_ref()?.to_lowercase();
        let federation_id = spec.federation_id.as_ref().or(spec.username.as_ref());
        let mut by_key = self.by_key.lock();
        let is_taken = |user: &User| {
            let same_name = user.key == key || user.username.eq_ignore_ascii_case(&key);
            same_name || Some(&user.federation_id) == federation_id
        };
        if by_key.values().any(is_taken) {
            return None;
        }
        let user = create(&key, spec, org, entropy, now);
        user.teach(&self.secrets);
        by_key.insert(key, user.clone());
        Some(user)
    }

    /// Every user, in the order of their keys.
    pub fn all(&self) -> Vec<User> {
        self.by_key.lock().values().cloned().collect()
    }

    /// Whether this is so of any user.
    pub(super) fn any(&self, is_so: impl Fn(&User) -> bool) -> bool {
        self.by_key.lock().values().any(is_so)
    }

    /// Whether a browser with this device id was activated for any user. Only the org issues such ids.
    pub(crate) fn has_device(&self, id: &str) -> bool {
        self.any(|user| user.devices.contains(id))
    }

    /// Registers a passkey for a user. `Some(false)` if any user already has a credential with this id; `None` if there is
    /// no such user.
    ///
    /// Source: WebAuthn Level 3, 7.1: a credential id is not registered for any other user.
    pub(crate) fn add_passkey(&self, key: &str, method: VerificationMethod, passkey: Passkey) -> Option<bool> {
        let mut by_key = self.by_key.lock();
        let mut held = by_key.values().flat_map(|user| &user.passkeys);
        let known = held.any(|(_, other)| other.cred_id() == passkey.cred_id());
        let user = by_key.get_mut(key)?;
        if !known {
            user.passkeys.push((method, passkey));
        }
        Some(!known)
    }

    /// Changes a user while holding the lock, so that a check and its consequence are atomic; `None` if there is no
    /// such user. Every secret that the user then has is known to the realm's [`Secrets`].
    pub fn update<T>(&self, key: &str, change: impl FnOnce(&mut User) -> T) -> Option<T> {
        let mut by_key = self.by_key.lock();
        let user = by_key.get_mut(key)?;
        let changed = change(user);
        user.teach(&self.secrets);
        Some(changed)
    }
}

/// A new temporary verification code, and when it expires (contract C3.2, C3.3).
pub(super) fn temporary_code(entropy: &Entropy, now: Timestamp, lasts: jiff::SignedDuration) -> (Secret, Timestamp) {
    (Secret::new(entropy.code(10)), later(now, lasts))
}

fn create(key: &str, spec: &UserSpec, org: &OrgSpec, entropy: &Entropy, now: Timestamp) -> User {
    let username = spec.username.clone().unwrap_or_else(|| format!("{key}@{}.example", org.my_domain()));
    let has = |method| spec.verifiers.contains(&method);
    User {
        key: key.to_owned(),
        id: format!("005{}AAA", entropy.alphanumeric(12)),
        password: spec.password.clone().unwrap_or_else(|| Secret::new(format!("Pw1-{}", entropy.token()))),
        email: spec.email.clone().unwrap_or_else(|| username.clone()),
        phone: spec.mobile_phone.clone(),
        federation_id: spec.federation_id.clone().unwrap_or_else(|| username.clone()),
        username,
        totp_secret: has(VerificationMethod::TotpApp).then(|| {
            let own = spec.totp_secret.as_ref().map(|secret| secret.base32().clone());
            own.unwrap_or_else(|| Secret::new(entropy.totp_key()))
        }),
        last_totp_step: None,
        totp_races: 0,
        push_answer: None,
        passkeys: Vec::new(),
        excluded_passkeys: Vec::new(),
        temporary_code: has(VerificationMethod::TemporaryCode)
            .then(|| temporary_code(entropy, now, jiff::SignedDuration::from_hours(24))),
        security_token: spec.security_token.clone(),
        devices: Devices::default(),
        settled: BTreeSet::new(),
        failed_passwords: 0,
        failed_codes: 0,
        locked_until: spec.locked.then_some(Timestamp::MAX),
        spec: spec.clone(),
    }
}
