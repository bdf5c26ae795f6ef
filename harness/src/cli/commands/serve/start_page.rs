//! The start page of a served org: what the control API does not know of it, the passkeys that users hold, and realms of
//! scenarios.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock, Weak};

use parking_lot::Mutex;
use serde_json::{Value, json};
use vestibule_model::{Credential, Secret, UserState};
use vestibule_simulator::org::passkeys;
use vestibule_simulator::policy::Rulebook;
use vestibule_simulator::realm::{Component, Realm, RealmSpec, User};
use vestibule_simulator::{Console, ConsolePage};

use super::logins::{Login, last_logins};
use super::ready::{addresses, after_password};
use super::spec;
use crate::authenticator::browser_commands::to_webdriver;
use crate::report::{StartPage, StartUser};
use crate::runner::prepare_users;

/// The pages behind the address that is printed at the start.
pub(super) struct StartPages {
    realm: Arc<Realm>,
    exports: Vec<(&'static str, String)>,
    /// The names of the conditions. Reading them takes longer than a start may.
    conditions: OnceLock<Vec<String>>,
    /// What the virtual authenticators of each realm hold, by its My Domain name. What those of a realm that has ended held is
    /// dropped when the next one is prepared.
    passkeys: Mutex<BTreeMap<String, (Weak<Realm>, Passkeys)>>,
}

/// What the virtual authenticator of each user holds, by key.
type Passkeys = BTreeMap<String, Vec<Credential>>;

/// The pages show secrets.
impl fmt::Debug for StartPages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartPages").finish_non_exhaustive()
    }
}

impl StartPages {
    /// The pages of a realm, whose users hold these passkeys; `exports` is what other programs need.
    ///
    /// # Errors
    /// If the page cannot be rendered.
    pub(super) fn new(
        realm: Arc<Realm>,
        passkeys: Passkeys,
        exports: Vec<(&'static str, String)>,
    ) -> Result<Self, askama::Error> {
        let held = (Arc::downgrade(&realm), passkeys);
        let held = BTreeMap::from([(realm.spec.org.my_domain().to_owned(), held)]);
        let pages = Self { passkeys: Mutex::new(held), exports, conditions: OnceLock::new(), realm };
        pages.start_page(&pages.realm, Vec::new())?;
        Ok(pages)
    }

    /// The page of a realm as it begins, and its policy. Its script keeps it up to date.
    fn start_page(&self, realm: &Realm, conditions: Vec<String>) -> Result<(String, String), askama::Error> {
        let org = &realm.spec.org;
        let held = |user: &User| self.held(realm, &user.key).len();
        let page = StartPage {
            realm: org.my_domain().to_owned(),
            org: where_am_i(realm),
            date: realm.date().to_string(),
            conditions,
            realms: self.realms().iter().map(|realm| realm.spec.org.my_domain().to_owned()).collect(),
            addresses: addresses(realm),
            users: realm.users.all().iter().map(|user| start_user(realm, user, held(user))).collect(),
            exports: self.exports.clone(),
        };
        page.html()
    }

    /// What changes and the control API does not say in words: what a user meets, and the logins.
    fn live(realm: &Realm) -> Value {
        let users: Vec<_> = realm.users.all().iter().map(|user| told(realm, user)).collect();
        let logins: Vec<_> = last_logins(realm).iter().map(Login::summary).collect();
        json!({ "org": where_am_i(realm), "users": users, "logins": logins })
    }

    /// The realms that are served now, that of the start first.
    fn realms(&self) -> Vec<Arc<Realm>> {
        let passkeys = self.passkeys.lock();
        let opened = passkeys.values().filter_map(|(realm, _)| realm.upgrade());
        let opened = opened.filter(|realm| !Arc::ptr_eq(realm, &self.realm));
        std::iter::once(Arc::clone(&self.realm)).chain(opened).collect()
    }

    /// The realm of a path, and the rest of it: `/realms/acme/live`, or `/live` for the realm of the start.
    fn realm_of<'p>(&self, path: &'p str) -> Option<(Arc<Realm>, &'p str)> {
        let Some(rest) = path.strip_prefix("/realms/") else { return Some((Arc::clone(&self.realm), path)) };
        let (name, _) = rest.split_once('/')?;
        let realm = self.realms().into_iter().find(|realm| realm.spec.org.my_domain() == name)?;
        Some((realm, rest.strip_prefix(name)?))
    }

    fn held(&self, realm: &Realm, user: &str) -> Vec<Credential> {
        let passkeys = self.passkeys.lock();
        let held = passkeys.get(realm.spec.org.my_domain()).and_then(|(_, users)| users.get(user));
        held.cloned().unwrap_or_default()
    }

    fn json(body: &Value) -> ConsolePage {
        let policy = "default-src 'none'; frame-ancestors 'none'".to_owned();
        ConsolePage { content_type: "application/json", policy, body: body.to_string() }
    }
}

impl Console for StartPages {
    fn page(&self, path: &str) -> Option<ConsolePage> {
        let (realm, path) = self.realm_of(path)?;
        match path {
            "/" => {
                let (body, policy) = self.start_page(&realm, self.conditions()).ok()?;
                Some(ConsolePage { content_type: "text/html; charset=utf-8", policy, body })
            }
            "/live" => Some(Self::json(&Self::live(&realm))),
            _ => {
                let id: u64 = path.strip_prefix("/logins/")?.parse().ok()?;
                let login = last_logins(&realm).into_iter().find(|login| login.id() == id)?;
                Some(Self::json(&login.details(&realm.rulebook)))
            }
        }
    }

    fn passkeys(&self, realm: &Realm, user: &str) -> Vec<Value> {
        let held = self.held(realm, user).into_iter().map(|passkey| {
            // An authenticator that begins below what the org has seen would look like a clone.
            let counter = passkeys::signature_counter(realm, user, &passkey.id);
            to_webdriver(&Credential { sign_count: counter.unwrap_or(passkey.sign_count), ..passkey })
        });
        held.collect()
    }

    fn realm_of_scenario(&self, text: &str) -> Result<(RealmSpec, Arc<Rulebook>), String> {
        spec::of_text(text)
    }

    fn conditions(&self) -> Vec<String> {
        self.conditions.get_or_init(spec::names_of_conditions).clone()
    }

    fn realm_of_condition(&self, name: &str) -> Result<(RealmSpec, Arc<Rulebook>), String> {
        spec::realm_of_condition(name)
    }

    fn prepare(&self, realm: &Arc<Realm>) -> Result<(), String> {
        let held = prepare_users(realm).map_err(|error| error.to_string())?;
        let mut passkeys = self.passkeys.lock();
        passkeys.retain(|_, (realm, _)| realm.strong_count() > 0);
        passkeys.insert(realm.spec.org.my_domain().to_owned(), (Arc::downgrade(realm), held));
        Ok(())
    }
}

fn start_user(realm: &Realm, user: &User, passkeys: usize) -> StartUser {
    let revealed = |secret: &Secret| secret.reveal().to_owned();
    let code = user.temporary_code.as_ref().map(|(code, _)| revealed(code));
    let token = user.security_token.as_ref().map(revealed);
    StartUser {
        key: user.key.clone(),
        about: about(realm, user),
        after_password: after_password(realm, user),
        typed: vec![
            ("username", "username", Some(user.username.clone())),
            ("password", "password", Some(revealed(&user.password))),
            ("temporary-code", "temporary code", code),
            ("totp-secret", "TOTP secret", user.totp_secret.as_ref().map(revealed)),
            ("security-token", "security token", token),
        ],
        passkeys: (0..passkeys).collect(),
    }
}

/// The org in a few words: `acme--uat, a sandbox on 2026-08-03`.
fn where_am_i(realm: &Realm) -> String {
    let org = &realm.spec.org;
    format!("{}, {} on {}", org.my_domain(), org.kind.with_article(), realm.date())
}

/// What a user is and meets, in the words of the start page.
fn told(realm: &Realm, user: &User) -> Value {
    json!({ "key": user.key, "about": about(realm, user), "after-password": after_password(realm, user) })
}

/// Profile, verifiers and whatever keeps the user out: `Standard User · TOTP app · frozen`.
fn about(realm: &Realm, user: &User) -> String {
    let now = realm.clock.now(Component::Org);
    let verifiers: Vec<_> = user.verifiers(now).iter().map(ToString::to_string).collect();
    let verifiers = if verifiers.is_empty() { "no verifier".to_owned() } else { verifiers.join(", ") };
    let state = (user.spec.state != UserState::Active).then(|| user.spec.state.to_string());
    let locked = user.is_locked(now).then(|| "locked out".to_owned());
    let parts = [Some(user.spec.profile.clone()), Some(verifiers), state, locked];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use vestibule_model::OrgSpec;
    use vestibule_simulator::Simulator;

    use super::*;

    #[tokio::test]
    async fn what_a_realm_held_is_forgotten_after_it_has_ended() {
        let simulator = Simulator::builder().start().await.unwrap();
        let pages = StartPages::new(Arc::clone(simulator.realm()), Passkeys::new(), Vec::new()).unwrap();

        for name in ["one", "two", "three"] {
            let spec = RealmSpec::new(OrgSpec::production(name, date(2026, 11, 2)));
            let realm = simulator.open_realm(spec, Rulebook::newest()).await.unwrap();
            pages.prepare(&realm).unwrap();
            assert!(simulator.close_realm(&realm));
        }

        let held = pages.passkeys.lock();
        assert_eq!((held.len(), held.contains_key("three")), (2, true), "the realm of the start, and the last one");
    }
}
