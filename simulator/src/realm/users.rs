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
use super::user_names::{FoundBy, UserNames};
use vestibule_model::{
    LoginRestrictions, OrgSpec, PageName, PushAnswer, Secret, UserFacts, UserIdentity, UserSpec, UserType,
    VerificationMethod, Waiver,
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

    /// What the user is found by, but for the browsers that were activated.
    fn names(&self) -> Vec<FoundBy> {
        let own = [
            FoundBy::username(&self.username),
            FoundBy::FederationId(self.federation_id.clone()),
            FoundBy::id(&self.id),
            FoundBy::email(&self.email),
        ];
        let marks = [
            (self.spec.user_type == UserType::Employee, FoundBy::Employee),
            (self.spec.waiver != Waiver::None, FoundBy::Waived),
            (self.spec.login_hint, FoundBy::Hinted),
            (self.spec.remembered, FoundBy::Remembered),
        ];
        let marks = marks.into_iter().filter_map(|(is_so, name)| is_so.then_some(name));
        let passkeys = self.passkeys.iter().map(|(_, passkey)| FoundBy::Passkey(passkey.cred_id().to_vec()));
        own.into_iter().chain(marks).chain(passkeys).collect()
    }

    fn teach(&self, secrets: &Secrets) {
        let code = self.temporary_code.as_ref().map(|(code, _)| code);
        let (totp, token) = (self.totp_secret.as_ref(), self.security_token.as_ref());
        for secret in [Some(&self.password), totp, code, token].into_iter().flatten() {
            secrets.learn(secret);
        }
    }

    fn teach_devices(&self, secrets: &Secrets) {
        for device in self.devices.ids() {
            secrets.learn(&Secret::new(device));
        }
    }
}

/// The users of one realm.
#[derive(Debug)]
pub struct Users {
    users: Mutex<Named>,
    secrets: Arc<Secrets>,
}

/// Users, and what they are found by.
#[derive(Debug, Default)]
struct Named {
    by_key: BTreeMap<String, User>,
    names: UserNames,
}

impl Named {
    fn insert(&mut self, user: User) {
        self.names.add(&user.key, user.names());
        self.names.add(&user.key, user.devices.names());
        self.by_key.insert(user.key.clone(), user);
    }

    /// The users who have this name, in the order of their keys.
    fn named(&self, name: FoundBy) -> impl Iterator<Item = &User> {
        self.names.keys(name).filter_map(|key| self.by_key.get(key))
    }

    fn update<T>(&mut self, secrets: &Secrets, key: &str, change: impl FnOnce(&mut User) -> T) -> Option<T> {
        let user = self.by_key.get_mut(key)?;
        let (names, devices) = (user.names(), user.devices.clone());
        let changed = change(user);
        user.teach(secrets);
        let new = user.names();
        if new != names {
            self.names.remove(key, names);
            self.names.add(key, new);
        }
        if !user.devices.is_unchanged(&devices) {
            user.teach_devices(secrets);
            self.names.remove(key, devices.names());
            self.names.add(key, user.devices.names());
        }
        Some(changed)
    }
}

impl Users {
    pub(super) fn create(specs: &BTreeMap<String, UserSpec>, org: &OrgSpec, entropy: &Entropy, now: Timestamp) -> Self {
        let secrets = Arc::clone(entropy.secrets());
        let mut users = Named::default();
        for (key, spec) in specs {
            users.insert(create(key, spec, org, entropy, now));
        }
        users.by_key.values().for_each(|user| user.teach(&secrets));
        Self { users: Mutex::new(users), secrets }
    }

    /// The user with this key.
    pub fn get(&self, key: &str) -> Option<User> {
        self.users.lock().by_key.get(key).cloned()
    }

    /// The user with this username, compared without case.
    pub(crate) fn by_username(&self, username: &str) -> Option<User> {
        self.first(FoundBy::username(username))
    }

    /// The user with this email address, compared without case.
    pub(crate) fn by_email(&self, address: &str) -> Option<User> {
        self.first(FoundBy::email(address))
    }

    /// The user with this Federation ID, compared exactly.
    pub(crate) fn by_federation_id(&self, id: &str) -> Option<User> {
        self.first(FoundBy::FederationId(id.to_owned()))
    }

    /// The user with this id, of 15 or of 18 characters.
    pub(crate) fn by_id(&self, id: &str) -> Option<User> {
        self.users.lock().named(FoundBy::id(id)).find(|user| user.has_id(id)).cloned()
    }

    /// The user whose username the login page has filled in.
    pub(crate) fn hinted(&self) -> Option<User> {
        self.first(FoundBy::Hinted)
    }

    /// The user whose username a new browser remembers.
    pub(crate) fn remembered(&self) -> Option<User> {
        self.first(FoundBy::Remembered)
    }

    /// The only employee, if there is no other.
    pub(crate) fn only_employee(&self) -> Option<User> {
        let users = self.users.lock();
        let mut employees = users.named(FoundBy::Employee);
        let only = employees.next();
        only.filter(|_| employees.next().is_none()).cloned()
    }

    /// The user whom an identity provider names by this value.
    pub(crate) fn identified(&self, by: UserIdentity, value: &str) -> Option<User> {
        match by {
            UserIdentity::FederationId => self.by_federation_id(value),
            UserIdentity::Username => self.by_username(value),
            UserIdentity::UserId => self.by_id(value),
        }
    }

    /// The first user by key who has this name.
    fn first(&self, name: FoundBy) -> Option<User> {
        self.users.lock().named(name).next().cloned()
    }

    /// Adds a user under its username as its key; `None` if another has the username or the Federation ID. An identity
    /// provider that names users by the one must not choose whom another names by the other.
    pub(super) fn add(&self, spec: &UserSpec, org: &OrgSpec, entropy: &Entropy, now: Timestamp) -> Option<User> {
        let key = spec.username.as_ref()?.to_lowercase();
        let federation_id = spec.federation_id.as_ref().or(spec.username.as_ref());
        let mut users = self.users.lock();
        let is_federated = |id: &String| users.names.has(FoundBy::FederationId(id.clone()));
        let is_named = users.by_key.contains_key(&key) || users.names.has(FoundBy::username(&key));
        if is_named || federation_id.is_some_and(is_federated) {
            return None;
        }
        let user = create(&key, spec, org, entropy, now);
        user.teach(&self.secrets);
        users.insert(user.clone());
        Some(user)
    }

    /// Every user, in the order of their keys.
    pub fn all(&self) -> Vec<User> {
        self.users.lock().by_key.values().cloned().collect()
    }

    /// The first user by key of whom this is so. It looks at every user, so no login may wait for it.
    pub(crate) fn find(&self, is_meant: impl Fn(&User) -> bool) -> Option<User> {
        self.users.lock().by_key.values().find(|user| is_meant(user)).cloned()
    }

    /// Whether any user has the waiver permission.
    pub(super) fn has_waiver(&self) -> bool {
        self.users.lock().names.has(FoundBy::Waived)
    }

    /// Whether a browser with this device id was activated for any user. Only the org issues such ids.
    pub(crate) fn has_device(&self, id: &str) -> bool {
        self.users.lock().names.has(FoundBy::Device(id.into()))
    }

    /// Registers a passkey for a user. `Some(false)` if any user already has a credential with this id; `None` if there is
    /// no such user.
    ///
    /// Source: WebAuthn Level 3, 7.1: a credential id is not registered for any other user.
    pub(crate) fn add_passkey(&self, key: &str, method: VerificationMethod, passkey: Passkey) -> Option<bool> {
        let mut users = self.users.lock();
        let known = users.names.has(FoundBy::Passkey(passkey.cred_id().to_vec()));
        let register = |user: &mut User| {
            if !known {
                user.passkeys.push((method, passkey));
            }
            !known
        };
        users.update(&self.secrets, key, register)
    }

    /// Changes a user while holding the lock, so that a check and its consequence are atomic; `None` if there is no
    /// such user. Every secret that the user then has is known to the realm's [`Secrets`].
    pub fn update<T>(&self, key: &str, change: impl FnOnce(&mut User) -> T) -> Option<T> {
        self.users.lock().update(&self.secrets, key, change)
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
