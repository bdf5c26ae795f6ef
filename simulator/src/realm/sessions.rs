//! Sessions at the org. The session id is a secret; everything else names a session by its number.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use parking_lot::Mutex;
use serde::Serialize;

use vestibule_model::Secret;
use vestibule_model::SessionLevel;

/// One session at the org.
#[derive(Debug, Clone, Serialize)]
pub struct OrgSession {
    /// Number within the realm, from 1.
    pub number: u32,
    /// The session id (`sid`), which is also accepted as an access token.
    pub sid: Secret,
    /// Key of the user in the realm.
    pub user: String,
    /// Session security level.
    pub level: SessionLevel,
    /// What it gives access to.
    pub kind: SessionKind,
}

/// What a session gives access to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionKind {
    /// The pages of the org: the user is signed in.
    Browser,
    /// Nothing yet: the enrolment gate or another page still blocks it.
    Gated,
    /// The API: it is an access token that has not been used as a UI session.
    Api,
}

/// The sessions of one org.
#[derive(Debug, Default)]
pub struct OrgSessions {
    by_sid: Mutex<BTreeMap<String, OrgSession>>,
    opened: AtomicU32,
}

impl OrgSessions {
    pub(crate) fn open(&self, sid: Secret, user: &str, level: SessionLevel, kind: SessionKind) -> OrgSession {
        let mut by_sid = self.by_sid.lock();
        let number = self.opened.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let session = OrgSession { number, sid, user: user.to_owned(), level, kind };
        by_sid.insert(session.sid.reveal().to_owned(), session.clone());
        session
    }

    /// The open session with this id.
    pub fn find(&self, sid: &str) -> Option<OrgSession> {
        self.by_sid.lock().get(sid).cloned()
    }

    /// Changes an open session; `None` if there is none.
    pub(crate) fn update(&self, sid: &str, change: impl FnOnce(&mut OrgSession)) -> Option<OrgSession> {
        let mut by_sid = self.by_sid.lock();
        let session = by_sid.get_mut(sid)?;
        change(session);
        Some(session.clone())
    }

    pub(crate) fn close(&self, sid: &str) -> Option<OrgSession> {
        self.by_sid.lock().remove(sid)
    }

    /// Every open session, in the order of their numbers.
    pub fn all(&self) -> Vec<OrgSession> {
        let mut all: Vec<_> = self.by_sid.lock().values().cloned().collect();
        all.sort_by_key(|session| session.number);
        all
    }

    /// Whether this user has an open UI session that no gate blocks.
    pub fn signed_in(&self, user: &str) -> bool {
        self.signed_in_after(user, 0)
    }

    /// The same for the sessions that were opened after the one with this number.
    pub fn signed_in_after(&self, user: &str, after: u32) -> bool {
        let counts = |session: &OrgSession| session.number > after && session.kind == SessionKind::Browser;
        self.by_sid.lock().values().any(|session| session.user == user && counts(session))
    }

    /// How many sessions were opened so far, which is the number of the last one.
    pub fn opened(&self) -> u32 {
        self.opened.load(Ordering::Relaxed)
    }
}
