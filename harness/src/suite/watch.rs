//! Watches a suite and its realm until the result of the login is clear.

use std::collections::BTreeSet;
use std::time::Duration;

use vestibule_model::PageName;
use vestibule_simulator::realm::{Event, Realm};

use super::process::SuiteProcess;
use crate::outcome::Exit;
use crate::stopwatch::Stopwatch;

/// How long a suite may run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WatchLimits {
    /// The time limit of the case.
    pub(crate) limit: Duration,
    /// How long it may go on after its users are home.
    pub(crate) grace: Duration,
    /// Whether it may finish by itself.
    pub(crate) full: bool,
}

/// The progress of the login, as the realm sees it.
pub(crate) struct Login<'a> {
    realm: &'a Realm,
    /// Users for whom no session was opened yet, or only one that the gate stands before.
    missing: BTreeSet<String>,
    sessions_before: u32,
    /// Entries of the journal that were taken into account.
    seen: u64,
    /// Entries of the journal before the suite was started.
    before: u64,
    page: Option<PageName>,
    moved: Stopwatch,
    /// Since when every user is home.
    home_since: Option<Stopwatch>,
    /// Whether a page behind the login was served since then.
    home_seen: bool,
}

impl<'a> Login<'a> {
    /// Starts watching, before the suite starts. The runner, not the suite, opened the sessions up to this number.
    pub(crate) fn expect(realm: &'a Realm, users: Vec<String>, sessions_before: u32) -> Self {
        let before = realm.journal.length();
        Self {
            realm,
            missing: users.into_iter().collect(),
            sessions_before,
            seen: before,
            before,
            page: None,
            moved: Stopwatch::start(),
            home_since: None,
            home_seen: false,
        }
    }

    /// Takes new entries of the journal into account. A session that was opened is home, whatever page it leads to. A user
    /// who is home stays so: a suite may sign out at its end.
    pub(crate) fn look(&mut self) {
        let entries = self.realm.journal.since(self.seen);
        let Some(last) = entries.last() else { return };
        self.seen = last.seq.saturating_add(1);
        self.moved = Stopwatch::start();
        let (sessions, before) = (&self.realm.sessions, self.sessions_before);
        self.missing.retain(|user| !sessions.signed_in_after(user, before));
        let pages = entries.iter().filter_map(|entry| match &entry.event {
            Event::PageServed { page, .. } => Some(*page),
            _ => None,
        });
        let pages: Vec<_> = pages.collect();
        self.page = pages.last().copied().or(self.page);
        if !self.missing.is_empty() {
            return;
        }
        // The grace begins with the page that a suite waits for.
        let shown = !self.home_seen && pages.iter().any(|page| page.info().needs_session);
        self.home_seen |= shown;
        if shown || self.home_since.is_none() {
            self.home_since = Some(Stopwatch::start());
        }
    }

    /// Whether every user is home.
    pub(crate) fn is_home(&self) -> bool {
        self.missing.is_empty()
    }

    /// The first user who has not arrived.
    pub(crate) fn missing(&self) -> Option<&str> {
        self.missing.first().map(String::as_str)
    }

    /// How long the realm has been idle.
    pub(crate) fn stood_ms(&self) -> u64 {
        self.moved.elapsed_ms()
    }

    /// How long the suite may still run.
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

    /// How long until the login counts as stopped: no request reached the realm, and the suite started no process
    /// either. On a busy machine a browser may take that long to start.
    fn until_still(&self, limits: &WatchLimits, process: &SuiteProcess) -> Duration {
        let (still, moved) = (self.still(limits), self.moved.elapsed());
        let idle = if moved < still { moved } else { process.youngest().map_or(moved, |age| age.min(moved)) };
        still.saturating_sub(idle)
    }

    /// How long a login may make no progress. That is long enough to wait for the next code or an email.
    fn still(&self, limits: &WatchLimits) -> Duration {
        let waits = self.page.is_some_and(|page| page.info().waits);
        limits.grace * GRACES_UNTIL_STILL + if waits { CODE_WAIT } else { Duration::ZERO }
    }
}

/// Waits until the suite ends or must be ended: its users are home, the login makes no progress, or the time limit is
/// reached.
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

/// 35 s with the default grace: a suite that waits 30 s for an element, as Playwright does, can still report which one.
const GRACES_UNTIL_STILL: u32 = 7;
const CODE_WAIT: Duration = Duration::from_secs(30);
const LAST_REQUEST_DELAY: Duration = Duration::from_millis(100);
