//! Watches a suite and its realm until the result of the login is clear.

use std::collections::BTreeSet;
use std::mem::{Discriminant, discriminant};
use std::time::Duration;

use vestibule_model::PageName;
use vestibule_simulator::org::paths;
use vestibule_simulator::realm::{Event, HostRole, Realm};

use super::process::SuiteProcess;
use crate::outcome::Exit;
use crate::stopwatch::Stopwatch;

/// How long a suite may run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WatchLimits {
    /// The time limit of the case.
    pub(crate) limit: Duration,
    /// How long it may go on once it has left the page on which its users came home.
    pub(crate) grace: Duration,
    /// Whether it may finish by itself.
    pub(crate) full: bool,
}

/// The progress of the login, as the realm sees it.
pub(crate) struct LoginProgress<'a> {
    realm: &'a Realm,
    /// Users for whom no session was opened yet, or only one that the gate stands before.
    missing: BTreeSet<String>,
    sessions_before: u32,
    /// Entries of the journal that were taken into account.
    seen: u64,
    /// Entries of the journal before the suite was started.
    before: u64,
    moved: Stopwatch,
    /// What has happened so far, each kind once.
    milestones: Vec<Milestone>,
    advanced: Stopwatch,
    /// The page behind the login that was sent first once every user was home.
    arrived: Option<(HostRole, String)>,
    /// Since when the suite is past that page.
    left: Option<Stopwatch>,
    /// How many sign-ins have begun that are no session yet.
    unfinished: u32,
}

/// A kind of event, and its page. A login advances when its suite does something for the first time.
type Milestone = (Discriminant<Event>, Option<PageName>);

impl<'a> LoginProgress<'a> {
    /// Starts watching, before the suite starts. The runner, not the suite, opened the sessions up to this number.
    pub(crate) fn expect(realm: &'a Realm, users: Vec<String>, sessions_before: u32) -> Self {
        let before = realm.journal.length();
        Self {
            realm,
            missing: users.into_iter().collect(),
            sessions_before,
            seen: before,
            before,
            moved: Stopwatch::start(),
            milestones: Vec::new(),
            advanced: Stopwatch::start(),
            arrived: None,
            left: None,
            unfinished: 0,
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
        for entry in &entries {
            self.advance(&entry.event);
        }
    }

    fn advance(&mut self, event: &Event) {
        let page = match event {
            Event::PageServed { page, host, path } => {
                if self.is_home() && page.info().needs_session {
                    self.show(host, path);
                }
                if BEGINNINGS.contains(page) {
                    self.left = None;
                }
                Some(*page)
            }
            Event::LoginStarted { .. } => {
                self.unfinished = self.unfinished.saturating_add(1);
                None
            }
            Event::SessionOpened { gated: false, .. } => {
                self.unfinished = self.unfinished.saturating_sub(1);
                None
            }
            _ => None,
        };
        let milestone = (discriminant(event), page);
        if !self.milestones.contains(&milestone) {
            self.milestones.push(milestone);
            self.advanced = Stopwatch::start();
        }
    }

    /// A page behind the login was sent. A login helper waits on the first one, whatever else its suite does later, so the
    /// grace begins with another one.
    fn show(&mut self, host: &HostRole, path: &str) {
        let path = if paths::is_home(path) { paths::LIGHTNING_HOME } else { path };
        match &self.arrived {
            None => self.arrived = Some((host.clone(), path.to_owned())),
            Some((at, first)) if (at, first.as_str()) == (host, path) => {}
            Some(_) if self.left.is_none() => self.left = Some(Stopwatch::start()),
            Some(_) => {}
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

    /// Whether the suite was on its way to home a moment ago: it did something for the first time.
    pub(crate) fn is_on_its_way(&self, limits: &WatchLimits) -> bool {
        let still = STILL.min(limits.limit / 2);
        !self.is_home() && self.seen > self.before && self.advanced.elapsed() < still
    }

    /// How long the suite may still run. Before its users are home only the time limit ends it: it may wait for as long as
    /// it likes and then go on, or say how it ended.
    fn remaining(&self, limits: &WatchLimits, case: &Stopwatch) -> Duration {
        let limit = limits.limit.saturating_sub(case.elapsed());
        match &self.left {
            Some(since) if !limits.full && self.unfinished == 0 => {
                limit.min(limits.grace.saturating_sub(since.elapsed()))
            }
            _ => limit,
        }
    }
}

/// Waits until the suite ends or must be ended: it has left the page on which its users came home, or the time limit is
/// reached.
pub(crate) async fn until_judged(
    process: &mut SuiteProcess,
    login: &mut LoginProgress<'_>,
    limits: &WatchLimits,
) -> Exit {
    let case = Stopwatch::start();
    loop {
        login.look();
        let remaining = login.remaining(limits, &case);
        if remaining.is_zero() {
            let judged = login.is_home() && !limits.full;
            return if judged { Exit::EndedAfterVerdict } else { Exit::OutOfTime };
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

/// The pages with which another test of the suite signs in.
const BEGINNINGS: [PageName; 4] = [PageName::Login, PageName::Username, PageName::Password, PageName::SiteLogin];
/// As long as Playwright waits for an element.
const STILL: Duration = Duration::from_secs(30);
const LAST_REQUEST_DELAY: Duration = Duration::from_millis(100);
