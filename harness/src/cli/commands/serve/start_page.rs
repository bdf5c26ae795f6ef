//! The start page of a served org, and what its script asks for.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};
use vestibule_model::{Credential, Secret};
use vestibule_simulator::org::{passkeys, totp_code};
use vestibule_simulator::realm::{Component, Email, Realm, User};
use vestibule_simulator::{Console, ConsolePage};

use super::logins::{Login, last_logins};
use super::ready::{addresses, after_password};
use crate::authenticator::browser_commands::to_devtools;
use crate::report::{StartPage, StartUser};

/// The pages behind the address that is printed at the start.
pub(super) struct StartPages {
    realm: Arc<Realm>,
    passkeys: BTreeMap<String, Vec<Credential>>,
    /// The page and its policy.
    page: (String, String),
}

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
        passkeys: BTreeMap<String, Vec<Credential>>,
        exports: Vec<(&'static str, String)>,
    ) -> Result<Self, askama::Error> {
        let users = realm.users.all();
        let org = &realm.spec.org;
        let page = StartPage {
            org: format!("{}, {} on {}", org.my_domain(), org.kind.with_article(), org.date),
            addresses: addresses(&realm),
            users: users
                .iter()
                .map(|user| start_user(&realm, user, passkeys.get(&user.key).map_or(0, Vec::len)))
                .collect(),
            exports,
        };
        Ok(Self { page: page.html()?, realm, passkeys })
    }

    /// What changes: codes, logins and emails.
    fn live(&self) -> Value {
        let clock = &self.realm.clock;
        let unix = clock.unix(Component::Authenticator);
        let users: Vec<_> = self.realm.users.all().iter().map(|user| self.live_user(user, unix)).collect();
        let logins: Vec<_> = last_logins(&self.realm).iter().map(Login::summary).collect();
        let mut emails = self.realm.inbox.all();
        emails.reverse();
        emails.truncate(MOST_EMAILS);
        let emails: Vec<_> = emails.iter().map(email).collect();
        json!({ "left": STEP - unix % STEP, "users": users, "logins": logins, "emails": emails })
    }

    fn live_user(&self, user: &User, unix: u64) -> Value {
        let code = totp_code(user, unix).map(|code| code.reveal().to_owned());
        let held = self.passkeys.get(&user.key).into_iter().flatten().map(|passkey| {
            // An authenticator that begins below what the org has seen would look like a clone.
            let counter = passkeys::signature_counter(&self.realm, &user.key, &passkey.id);
            to_devtools(&Credential { sign_count: counter.unwrap_or(passkey.sign_count), ..passkey.clone() })
        });
        json!({ "key": user.key, "code": code, "passkeys": held.collect::<Vec<_>>() })
    }

    fn json(body: &Value) -> ConsolePage {
        let policy = "default-src 'none'; frame-ancestors 'none'".to_owned();
        ConsolePage { content_type: "application/json", policy, body: body.to_string() }
    }
}

impl Console for StartPages {
    fn page(&self, path: &str) -> Option<ConsolePage> {
        match path {
            "/" => {
                let (body, policy) = self.page.clone();
                Some(ConsolePage { content_type: "text/html; charset=utf-8", policy, body })
            }
            "/live" => Some(Self::json(&self.live())),
            _ => {
                let id: u64 = path.strip_prefix("/logins/")?.parse().ok()?;
                let login = last_logins(&self.realm).into_iter().find(|login| login.id() == id)?;
                Some(Self::json(&login.details()))
            }
        }
    }
}

fn start_user(realm: &Realm, user: &User, passkeys: usize) -> StartUser {
    let revealed = |secret: &Secret| secret.reveal().to_owned();
    let code = user.temporary_code.as_ref().map(|(code, _)| ("temporary code", revealed(code)));
    let typed = [("username", user.username.clone()), ("password", revealed(&user.password))];
    let verifiers: Vec<_> = user.spec.verifiers.iter().map(ToString::to_string).collect();
    let verifiers = if verifiers.is_empty() { "no verifier".to_owned() } else { verifiers.join(", ") };
    StartUser {
        key: user.key.clone(),
        about: format!("{} · {verifiers}", user.spec.profile),
        after_password: after_password(realm, user),
        typed: typed.into_iter().chain(code).collect(),
        totp_secret: user.totp_secret.as_ref().map(revealed),
        passkeys: (0..passkeys).collect(),
    }
}

fn email(email: &Email) -> Value {
    json!({ "at": email.at, "to": email.to, "subject": email.subject, "body": email.body })
}

/// Seconds of a TOTP step (RFC 6238, 4.1).
const STEP: u64 = 30;
/// The most emails that the page shows.
const MOST_EMAILS: usize = 20;
