//! Watches a suite and its realm until the login is judged.

use std::collections::BTreeSet;
use std::time::Duration;

use vestibule_model::PageName;
use vestibule_simulator::realm::{Event, Realm};

use super::process::SuiteProcess;
use crate::outcome::Exit;
use crate::stopwatch::Stopwatch;

/// How long a suite is watched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WatchLimits {
    /// The time of the whole case.
    pub(crate) limit: Duration,
    /// How long it goes on once its users are home.
    pub(crate) grace: Duration,
    /// Whether it is left to finish by itself.
    pub(crate) full: bool,
}

/// The login as the realm sees it.
pub(crate) struct Login<'a> {
    realm: &'a Realm,
    /// Users that are not home yet.
    missing: BTreeSet<String>,
    /// Users with an open session, whose home page is still to be served.
    signed_in: BTreeSet<String>,
    sessions_before: u32,
    /// Entries of the journal that were looked at.
    seen: usize,
    /// Entries of the journal before the suite was started.
    before: usize,
    page: Option<PageName>,
    moved: Stopwatch,
    home_since: Option<Stopwatch>,
}

impl<'a> Login<'a> {
    /// Nobody is home yet. Sessions up to this number are ours.
    pub(crate) fn expect(realm: &'a Realm, users: Vec<String>, sessions_before: u32) -> Self {
        let before = realm.journal.all().len();
        Self {
            realm,
            missing: users.into_iter().collect(),
            signed_in: BTreeSet::new(),
            sessions_before,
            seen: before,
            before,
            page: None,
            moved: Stopwatch::start(),
            home_since: None,
        }
    }

    /// Takes into account what happened since. Somebody who was home stays so: a suite may sign out at its end.
    pub(crate) fn look(&mut self) {
        let entries = self.realm.journal.since(u64::try_from(self.seen).unwrap_or(u64::MAX));
        if entries.is_empty() {
            return;
        }
        self.seen += entries.len();
        self.moved = Stopwatch::start();
        let open = self.missing.iter().filter(|user| self.realm.sessions.signed_in_after(user, self.sessions_before));
        self.signed_in.extend(open.cloned().collect::<Vec<_>>());
        for entry in &entries {
            if let Event::PageServed { page, .. } = &entry.event {
                self.page = Some(*page);
                if is_inside(*page) {
                    self.missing.retain(|user| !self.signed_in.contains(user));
                }
            }
        }
        if self.missing.is_empty() && self.home_since.is_none() {
            self.home_since = Some(Stopwatch::start());
        }
    }

    /// Whether every user was home.
    pub(crate) fn is_home(&self) -> bool {
        self.missing.is_empty()
    }

    /// The first user who was not home.
    pub(crate) fn missing(&self) -> Option<&str> {
        self.missing.first().map(String::as_str)
    }

    /// How long nothing has happened at the realm.
    pub(crate) fn stood_ms(&self) -> u64 {
        self.moved.elapsed_ms()
    }

    /// How long the suite is still watched.
    fn remaining(&self, limits: &WatchLimits, case: &Stopwatch, process: &SuiteProcess) -> Duration {
        let limit = limits.limit.saturating_sub(case.elapsed());
        if limits.full || self.seen == self.before {
            return limit;
        }
        let judged = match &self.home_since {
            Some(since) => limits.grace.saturating_sub(since.elapsed()),
            None => self.until_still(limits, process),
        };
        limit.min(judged)
    }

    /// How long until the login stands still: nothing came to the realm, and the suite started no process either. On a
    /// busy machine a browser may take as long to start as a login may stand still.
    fn until_still(&self, limits: &WatchLimits, process: &SuiteProcess) -> Duration {
        let (still, moved) = (self.still(limits), self.moved.elapsed());
        let idle = if moved < still { moved } else { process.youngest().map_or(moved, |age| age.min(moved)) };
        still.saturating_sub(idle)
    }

    /// How long a login may stand still. Whoever waits for the next code, or for an email, is given time for it.
    fn still(&self, limits: &WatchLimits) -> Duration {
        let waits = matches!(self.page, Some(PageName::VerifyTotp | PageName::VerifyEmail | PageName::VerifyPush));
        limits.grace * GRACES_UNTIL_STILL + if waits { CODE_WAIT } else { Duration::ZERO }
    }
}

/// Waits until the suite ends, or until it is to be ended: its users are home, it stands still, or its time is over.
pub(crate) async fn until_judged(process: &mut SuiteProcess, login: &mut Login<'_>, limits: &WatchLimits) -> Exit {
    let case = Stopwatch::start();
    loop {
        login.look();
        let remaining = login.remaining(limits, &case, process);
        if remaining.is_zero() {
            let in_time = case.elapsed() < limits.limit || (login.is_home() && !limits.full);
            return if in_time { Exit::EndedAfterVerdict } else { Exit::OutOfTime };
        }
        tokio::select! {
            exit = process.wait() => {
                // The last request of its browser may still be on its way through the realm.
                tokio::time::sleep(LAST_REQUEST_DELAY).await;
                return exit;
            }
            () = login.realm.journal.grown_beyond(login.seen) => {}
            () = tokio::time::sleep(remaining) => {}
        }
    }
}

/// Whether only somebody who is signed in is shown this page.
fn is_inside(page: PageName) -> bool {
    matches!(page, PageName::Home | PageName::LoginHistory)
}

/// With the default grace 35 s: a suite that waits 30 s for an element, as Playwright does, comes to say for which.
const GRACES_UNTIL_STILL: u32 = 7;
const CODE_WAIT: Duration = Duration::from_secs(30);
const LAST_REQUEST_DELAY: Duration = Duration::from_millis(100);
