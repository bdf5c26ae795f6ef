//! Sessions at the org. The session id is a secret; everything else names a session by its number.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use serde::Serialize;

use super::clock::later;
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
    /// When its user last verified again for a report.
    #[serde(skip)]
    pub(crate) stepped_up: Option<Timestamp>,
    /// Whether that was for an export that is still to come.
    #[serde(skip)]
    export_verified: bool,
    /// When the identity provider has it end; `None` leaves that to the timeout.
    #[serde(skip)]
    pub(crate) end: Option<Timestamp>,
    /// When it times out.
    #[serde(skip)]
    pub(crate) idle: IdleTimer,
    /// The SAML login that it came from.
    #[serde(skip)]
    pub(crate) saml_login: Option<SamlLogin>,
    /// The login hours of its user, by their number in the realm.
    #[serde(skip)]
    hours: Option<usize>,
    /// Before then it need not be looked at.
    #[serde(skip)]
    due: Timestamp,
}

/// What an identity provider and the org both know of a login by SAML, and name it by when they end it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SamlLogin {
    /// Key of the identity provider.
    pub(crate) idp: String,
    /// `NameID`.
    pub(crate) name_id: String,
    /// `SessionIndex`.
    pub(crate) session_index: Option<String>,
}

impl OrgSession {
    /// When it ends, if it is not used before.
    fn due(&self) -> Timestamp {
        let idle = self.idle.runs_out();
        self.end.map_or(idle, |end| end.min(idle))
    }

    /// Whether login hours limit it. They do not limit an access token.
    fn limited_by(&self) -> Option<usize> {
        self.hours.filter(|_| self.kind != SessionKind::Api)
    }

    fn has_ended(&self, now: Timestamp) -> bool {
        self.end.is_some_and(|end| end <= now) || self.idle.has_run_out(now)
    }
}

/// When a session times out, if it is not used (contract H4.4).
#[derive(Debug, Clone, Copy)]
pub(crate) struct IdleTimer {
    since: Timestamp,
    timeout: SignedDuration,
}

impl IdleTimer {
    /// The session is used at this instant.
    pub(super) fn start(since: Timestamp, timeout: SignedDuration) -> Self {
        Self { since, timeout }
    }

    /// A use counts only once half of the timeout has passed.
    fn use_at(&mut self, now: Timestamp) {
        if later(self.since, self.timeout / 2) <= now {
            self.since = now;
        }
    }

    fn runs_out(&self) -> Timestamp {
        later(self.since, self.timeout)
    }

    /// No session times out at the end of time, where no instant is later.
    fn has_run_out(&self, now: Timestamp) -> bool {
        let end = self.runs_out();
        end <= now && end != Timestamp::MAX
    }
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
#[derive(Debug)]
pub struct OrgSessions {
    open: Mutex<Open>,
    opened: AtomicU32,
    /// The most that are open at a time.
    most: usize,
}

/// The open sessions. If there are too many, the oldest is closed.
#[derive(Debug, Default)]
struct Open {
    by_number: BTreeMap<u32, OrgSession>,
    numbers: BTreeMap<String, u32>,
    /// When to look at a session, as it may have ended. Each request asks which have, so it must not look at all of them.
    due: BTreeSet<(Timestamp, u32)>,
    /// Those that end with the login hours of their users.
    by_hours: BTreeMap<usize, BTreeSet<u32>>,
}

impl Default for OrgSessions {
    fn default() -> Self {
        Self::keeping(usize::MAX)
    }
}

impl OrgSessions {
    /// Those of an org in which so many are open at a time at most.
    pub(super) fn keeping(most: usize) -> Self {
        Self { open: Mutex::default(), opened: AtomicU32::default(), most: MOST_OPEN.min(most) }
    }

    /// Opens a session; returns it, and the one that was closed to make room. `hours` says which login hours its user has.
    pub(super) fn open(
        &self,
        sid: Secret,
        user: &str,
        level: SessionLevel,
        kind: SessionKind,
        idle: IdleTimer,
        hours: Option<usize>,
    ) -> (OrgSession, Option<OrgSession>) {
        let mut open = self.open.lock();
        let number = self.opened.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let session = OrgSession {
            number,
            sid,
            user: user.to_owned(),
            level,
            kind,
            stepped_up: None,
            export_verified: false,
            end: None,
            idle,
            saml_login: None,
            hours,
            due: idle.runs_out(),
        };
        open.insert(session.clone());
        let gave_way = if open.by_number.len() > self.most { open.take_first() } else { None };
        (session, gave_way)
    }

    /// The open session with this id.
    pub fn find(&self, sid: &str) -> Option<OrgSession> {
        let open = self.open.lock();
        open.by_number.get(open.numbers.get(sid)?).cloned()
    }

    /// The open session with this id, which is used at this instant.
    pub(super) fn used(&self, sid: &str, now: Timestamp) -> Option<OrgSession> {
        let mut open = self.open.lock();
        let session = open.find_mut(sid)?;
        session.idle.use_at(now);
        Some(session.clone())
    }

    /// Notes that the user of an open session verified again, and whether for an export. Returns the number of the session;
    /// `None` if it is closed.
    pub(crate) fn step_up(&self, sid: &str, now: Timestamp, for_export: bool) -> Option<u32> {
        let mut open = self.open.lock();
        let session = open.find_mut(sid)?;
        session.stepped_up = Some(now);
        session.export_verified = for_export;
        Some(session.number)
    }

    /// Uses up the verification for an export. Returns whether there was one.
    pub(crate) fn take_export(&self, sid: &str) -> bool {
        self.open.lock().find_mut(sid).is_some_and(|session| std::mem::take(&mut session.export_verified))
    }

    /// Gives an open session more rights and a new id, so that whoever knew the old id gains nothing. `None` if no session
    /// has the old id.
    pub(super) fn raise(&self, old: &str, new: Secret, level: SessionLevel, kind: SessionKind) -> Option<OrgSession> {
        let mut open = self.open.lock();
        let mut session = open.take(old)?;
        session.sid = new;
        session.kind = kind;
        session.level = session.level.max(level);
        open.insert(session.clone());
        Some(session)
    }

    pub(super) fn close(&self, sid: &str) -> Option<OrgSession> {
        self.open.lock().take(sid)
    }

    /// Sets when an open session ends.
    pub(crate) fn end_at(&self, sid: &str, end: Timestamp) {
        let mut open = self.open.lock();
        if let Some(mut session) = open.take(sid) {
            session.end = Some(end);
            open.insert(session);
        }
    }

    /// Notes the SAML login that an open session came from.
    pub(crate) fn came_from(&self, sid: &str, login: SamlLogin) {
        if let Some(session) = self.open.lock().find_mut(sid) {
            session.saml_login = Some(login);
        }
    }

    /// The ids of the open sessions whose end has come, and of those in a browser whose user's login hours are over.
    pub(super) fn ended(&self, now: Timestamp, are_over: impl Fn(usize) -> bool) -> Vec<String> {
        let mut open = self.open.lock();
        let mut ended = open.timed_out(now);
        for (_, numbers) in open.by_hours.iter().filter(|(hours, _)| are_over(**hours)) {
            ended.extend(numbers);
        }
        let sessions = ended.iter().filter_map(|number| open.by_number.get(number));
        sessions.map(|session| session.sid.reveal().to_owned()).collect()
    }

    /// Every open session, in the order of their numbers.
    pub fn all(&self) -> Vec<OrgSession> {
        self.open.lock().by_number.values().cloned().collect()
    }

    /// Whether this user has an open UI session that no gate blocks.
    pub fn signed_in(&self, user: &str) -> bool {
        self.signed_in_after(user, 0)
    }

    /// The same for the sessions that were opened after the one with this number.
    pub fn signed_in_after(&self, user: &str, after: u32) -> bool {
        let counts = |session: &OrgSession| session.user == user && session.kind == SessionKind::Browser;
        self.open.lock().by_number.range(after.saturating_add(1)..).any(|(_, session)| counts(session))
    }

    /// How many sessions were opened so far, which is the number of the last one.
    pub fn opened(&self) -> u32 {
        self.opened.load(Ordering::Relaxed)
    }
}

impl Open {
    fn insert(&mut self, mut session: OrgSession) {
        session.due = session.due();
        self.due.insert((session.due, session.number));
        if let Some(hours) = session.limited_by() {
            self.by_hours.entry(hours).or_default().insert(session.number);
        }
        self.numbers.insert(session.sid.reveal().to_owned(), session.number);
        self.by_number.insert(session.number, session);
    }

    fn remove(&mut self, number: u32) -> Option<OrgSession> {
        let session = self.by_number.remove(&number)?;
        self.numbers.remove(session.sid.reveal());
        self.due.remove(&(session.due, number));
        if let Some(numbers) = session.limited_by().and_then(|hours| self.by_hours.get_mut(&hours)) {
            numbers.remove(&number);
        }
        Some(session)
    }

    /// The numbers of the sessions whose end has come. Those that were used since are looked at again when they may end.
    fn timed_out(&mut self, now: Timestamp) -> BTreeSet<u32> {
        let due: Vec<_> = self.due.iter().take_while(|(at, _)| *at <= now).copied().collect();
        let mut ended = BTreeSet::new();
        for (at, number) in due {
            let Some(session) = self.by_number.get_mut(&number) else { continue };
            if session.has_ended(now) {
                ended.insert(number);
            } else {
                session.due = session.due();
                self.due.remove(&(at, number));
                self.due.insert((session.due, number));
            }
        }
        ended
    }

    fn find_mut(&mut self, sid: &str) -> Option<&mut OrgSession> {
        self.by_number.get_mut(self.numbers.get(sid)?)
    }

    fn take(&mut self, sid: &str) -> Option<OrgSession> {
        let number = *self.numbers.get(sid)?;
        self.remove(number)
    }

    fn take_first(&mut self) -> Option<OrgSession> {
        let (number, _) = self.by_number.first_key_value()?;
        let number = *number;
        self.remove(number)
    }
}

/// Far more than a realm needs.
const MOST_OPEN: usize = 10_000;

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use vestibule_model::{Secret, SessionLevel};
    use vestibule_snapshots::growth::assert_linear;

    use super::{IdleTimer, MOST_OPEN, OrgSessions, SessionKind};

    #[test]
    fn the_session_that_was_opened_first_gives_way_to_one_too_many() {
        let sessions = OrgSessions::default();
        let idle = IdleTimer::start(Timestamp::UNIX_EPOCH, SignedDuration::from_hours(2));
        let open = |sid: &str| {
            sessions.open(Secret::new(sid), "rep", SessionLevel::Standard, SessionKind::Browser, idle, None)
        };
        for number in 0..MOST_OPEN {
            assert!(open(&number.to_string()).1.is_none());
        }

        let (_, gave_way) = open("one more");

        assert_eq!(gave_way.map(|session| session.number), Some(1));
        assert!(sessions.find("0").is_none() && sessions.find("1").is_some() && sessions.find("one more").is_some());
        assert_eq!(sessions.all().len(), MOST_OPEN);
    }

    #[test]
    fn a_session_ends_when_it_was_not_used_in_the_second_half_of_its_timeout() {
        let at = |minutes: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        for (used, end) in [
            (&[][..], 30),
            (&[10][..], 30),
            (&[14, 15][..], 45),
            (&[20][..], 50),
            (&[20, 34][..], 50),
            (&[20, 35][..], 65),
        ] {
            let sessions = OrgSessions::default();
            let idle = IdleTimer::start(at(0), SignedDuration::from_mins(30));
            sessions.open(Secret::new("sid"), "rep", SessionLevel::Standard, SessionKind::Browser, idle, None);

            for minute in used {
                assert!(sessions.used("sid", at(*minute)).is_some());
            }

            assert!(sessions.ended(at(end - 1), |_| false).is_empty(), "{used:?}");
            assert_eq!(sessions.ended(at(end), |_| false), ["sid"], "{used:?}");
        }
    }

    #[test]
    fn a_session_in_a_browser_ends_with_the_login_hours_of_its_user_and_an_access_token_does_not() {
        let sessions = OrgSessions::default();
        let idle = IdleTimer::start(Timestamp::UNIX_EPOCH, SignedDuration::from_hours(2));
        let open = |sid: &str, kind, hours| {
            sessions.open(Secret::new(sid), "rep", SessionLevel::Standard, kind, idle, hours);
        };
        open("day", SessionKind::Browser, Some(0));
        open("night", SessionKind::Browser, Some(1));
        open("gate", SessionKind::Gated, Some(1));
        open("any time", SessionKind::Browser, None);
        open("token", SessionKind::Api, Some(1));

        let over = |hours: usize| hours == 1;
        assert_eq!(sessions.ended(Timestamp::UNIX_EPOCH, over), ["night", "gate"]);

        sessions.close("night");
        sessions.raise("gate", Secret::new("through"), SessionLevel::Standard, SessionKind::Browser);
        assert_eq!(sessions.ended(Timestamp::UNIX_EPOCH, over), ["through"]);
        assert!(sessions.ended(Timestamp::UNIX_EPOCH, |_| false).is_empty());
    }

    #[test]
    fn a_session_whose_end_is_set_ends_then_and_not_when_it_would_time_out() {
        let at = |minutes: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        let sessions = OrgSessions::default();
        let idle = IdleTimer::start(at(0), SignedDuration::from_mins(30));
        for sid in ["first", "second"] {
            sessions.open(Secret::new(sid), "rep", SessionLevel::Standard, SessionKind::Browser, idle, None);
        }

        sessions.end_at("second", at(10));

        assert!(sessions.ended(at(9), |_| false).is_empty());
        assert_eq!(sessions.ended(at(10), |_| false), ["second"]);
        sessions.end_at("second", at(60));
        assert!(sessions.ended(at(29), |_| false).is_empty());
        assert_eq!(sessions.ended(at(30), |_| false), ["first", "second"]);
    }

    #[test]
    fn what_each_request_asks_of_the_sessions_takes_no_longer_where_many_are_open() {
        assert_linear(
            "sessions",
            300,
            |size| size,
            |size| {
                let sessions = OrgSessions::default();
                let idle = IdleTimer::start(Timestamp::UNIX_EPOCH, SignedDuration::from_hours(2));
                for number in 0..*size {
                    let sid = number.to_string();
                    let hours = Some(number % 2);
                    sessions.open(Secret::new(&sid), "rep", SessionLevel::Standard, SessionKind::Browser, idle, hours);
                    assert!(sessions.ended(Timestamp::UNIX_EPOCH, |_| false).is_empty());
                    assert!(sessions.used(&sid, Timestamp::UNIX_EPOCH).is_some());
                }
            },
        );
    }

    #[test]
    fn a_session_at_the_end_of_time_does_not_end() {
        let idle = IdleTimer::start(Timestamp::MAX, SignedDuration::from_hours(2));
        assert!(!idle.has_run_out(Timestamp::MAX));
    }
}
