//! What the pages of one product share.

use std::sync::Arc;

use axum_extra::extract::cookie::{Cookie, SameSite};
use jiff::{SignedDuration, Timestamp};

use super::connection::Connections;
use crate::http::{RequestContext, cookie, removal};
use crate::realm::{Component, Event, Expiring, HostRole, Kept, ProductKind, ProductUser, Realm, later};
use crate::totp;
use vestibule_model::{ProductProof, ProductRefusal, Secret};

/// One running product beside the org.
pub(super) struct Product {
    /// The realm.
    pub(super) realm: Arc<Realm>,
    /// Its key.
    pub(super) key: String,
    /// Its kind.
    pub(super) kind: ProductKind,
    /// Integration: its connection to the org.
    pub(super) connections: Connections,
    /// Sign-ins under way and sessions, by the value of the cookie.
    sessions: Expiring<Session>,
}

#[derive(Debug, Clone)]
struct Session {
    /// Key of the user.
    user: String,
    stage: Stage,
    /// The key of an authenticator app that the user may pair.
    offered: Option<Secret>,
}

/// How far a user has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The password was right, and a code is awaited.
    Code,
    /// The password was right, and an app must be paired.
    Pairing,
    /// The user is signed in.
    SignedIn,
}

impl Product {
    /// The product of a realm with this key; `None` if there is none.
    pub(super) fn new(realm: Arc<Realm>, key: String) -> Option<Arc<Self>> {
        let kind = realm.spec.products.get(&key)?.kind;
        let sessions = Expiring::new(Kept::ProductSessions, &realm.journal);
        Some(Arc::new(Self { connections: Connections::new(&realm.journal), sessions, key, kind, realm }))
    }

    /// The host of this product.
    pub(super) fn role(&self) -> HostRole {
        HostRole::Product(self.key.clone())
    }

    /// The user with this username.
    pub(super) fn named(&self, username: &str) -> Option<ProductUser> {
        self.realm.product_users.by_username(&self.key, username.trim())
    }

    /// The user of this browser, who has come this far.
    pub(super) fn user(&self, context: &RequestContext, stage: Stage) -> Option<ProductUser> {
        let session = self.sessions.get(context.cookie(SESSION_COOKIE)?, self.now())?;
        let user = self.realm.product_users.get(&self.key, &session.user)?;
        (session.stage == stage).then_some(user)
    }

    /// Lets a user come this far; the cookie names the session. An earlier one of this browser ends.
    pub(super) fn begin(&self, context: &RequestContext, user: &ProductUser, stage: Stage) -> Cookie<'static> {
        self.forget(context);
        let (id, now) = (self.realm.entropy.token(), self.now());
        let session = Session { user: user.key.clone(), stage, offered: None };
        self.sessions.put(&id, session, later(now, SESSION_LIFETIME), now);
        cookie(SESSION_COOKIE, id, SESSION_LIFETIME, SameSite::Lax)
    }

    /// Ends the session of this browser; returns the cookie that removes it.
    pub(super) fn end(&self, context: &RequestContext) -> Cookie<'static> {
        self.forget(context);
        removal(SESSION_COOKIE, SameSite::Lax)
    }

    /// Whether this is a code that the paired app of the user shows now. Each is good once.
    pub(super) fn accepts_code(&self, user: &ProductUser, code: &str) -> bool {
        let (code, unix) = (totp::typed(code), self.realm.clock.unix(Component::Org));
        let checked = self.realm.product_users.update(&self.key, &user.key, |user| {
            let key = user.totp_key.as_ref()?;
            let step = totp::of_key(key, &self.key, &user.username)?.check(&code, unix)?;
            user.last_totp_step.is_none_or(|last| step > last).then(|| user.last_totp_step = Some(step))
        });
        checked.flatten().is_some()
    }

    /// The key that this browser is offered for an authenticator app: the same until its session ends.
    pub(super) fn offered_key(&self, context: &RequestContext) -> Option<Secret> {
        let drawn = || Secret::new(self.realm.entropy.totp_key());
        let id = context.cookie(SESSION_COOKIE)?;
        self.sessions.update(id, self.now(), |session| session.offered.get_or_insert_with(drawn).clone())
    }

    /// Pairs an app with this key, if its code is right and the user has no other.
    pub(super) fn pair(&self, user: &ProductUser, key: &Secret, code: &str) -> bool {
        let (code, unix) = (totp::typed(code), self.realm.clock.unix(Component::Org));
        let paired = self.realm.product_users.update(&self.key, &user.key, |user| {
            let step = totp::of_key(key, &self.key, &user.username)?.check(&code, unix)?;
            user.totp_key.is_none().then(|| {
                user.totp_key = Some(key.clone());
                user.last_totp_step = Some(step);
            })
        });
        paired.flatten().is_some()
    }

    /// Records that somebody signed in.
    pub(super) fn record_sign_in(&self, user: &ProductUser, by: ProductProof, application: Option<String>) {
        let (product, user) = (self.key.clone(), user.key.clone());
        self.realm.record(Event::ProductSignedIn { product, user, by, application });
    }

    /// Records that somebody was not let in.
    pub(super) fn record_refusal(&self, user: Option<&ProductUser>, why: ProductRefusal, application: Option<String>) {
        let (product, user) = (self.key.clone(), user.map(|user| user.key.clone()));
        self.realm.record(Event::ProductSignInRefused { product, user, why, application });
    }

    fn forget(&self, context: &RequestContext) {
        if let Some(id) = context.cookie(SESSION_COOKIE) {
            self.sessions.take(id, self.now());
        }
    }

    /// Now, on the clock of the vendors.
    pub(super) fn now(&self) -> Timestamp {
        self.realm.clock.now(Component::Org)
    }
}

/// Cookie of the session.
const SESSION_COOKIE: &str = "product_session";
/// A working day.
const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(8);
