//! The realm's append-only record of typed events. No event contains a secret.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use parking_lot::Mutex;
use schemars::JsonSchema;
use serde::Serialize;

use super::clock::monotonic_now;
use super::event::{Event, Kept};
use super::newest::Newest;

/// One entry: when, and what.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Entry {
    /// Position in the journal, from 0.
    pub seq: u64,
    /// The protocol clock.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// An entry, and the real time at which it was written, whatever the protocol clock says.
#[derive(Debug, Clone)]
struct Written {
    entry: Entry,
    at: Instant,
}

/// The journal of one realm. If it grew too long, an [`Event::Dropped`] stands in for the dropped entries.
#[derive(Debug)]
pub struct Journal {
    entries: Mutex<Newest<Written>>,
    grown: tokio::sync::Notify,
    /// Whether its realm is served no more.
    ended: AtomicBool,
    /// The most that each list of the realm keeps.
    most: usize,
}

impl Journal {
    /// The journal of a realm each of whose lists keeps so many values at most.
    pub(super) fn keeping(most: usize) -> Self {
        let entries = Mutex::new(Newest::new(CAPACITY.min(most)));
        Self { entries, grown: tokio::sync::Notify::default(), ended: AtomicBool::default(), most }
    }

    /// The most that each list of the realm keeps.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    pub(super) fn append(&self, at: Timestamp, event: Event) {
        let mut entries = self.entries.lock();
        let seq = entries.length();
        entries.push(Written { entry: Entry { seq, at, event: event.kept() }, at: monotonic_now() });
        drop(entries);
        self.grown.notify_waiters();
    }

    /// Every entry from this position on.
    pub fn since(&self, seq: u64) -> Vec<Entry> {
        let entries = self.entries.lock();
        let mut found: Vec<Entry> = entries.since(seq).into_iter().map(|written| written.entry).collect();
        if let Some(last) = entries.dropped().checked_sub(1).filter(|last| *last >= seq) {
            let at = found.first().map_or(Timestamp::UNIX_EPOCH, |entry| entry.at);
            let event =
                Event::Dropped { what: Kept::JournalEntries, count: last.saturating_sub(seq).saturating_add(1) };
            found.insert(0, Entry { seq: last, at, event });
        }
        found
    }

    /// Every entry.
    pub fn all(&self) -> Vec<Entry> {
        self.since(0)
    }

    /// Every entry, and how long ago it was written in real time; `None` for one that stands in for dropped ones.
    pub fn all_with_ages(&self) -> Vec<(Entry, Option<Duration>)> {
        let (entries, now) = (self.all(), monotonic_now());
        let written = self.entries.lock().all();
        let at: HashMap<u64, Instant> = written.iter().map(|one| (one.entry.seq, one.at)).collect();
        let age = |entry: &Entry| at.get(&entry.seq).map(|at| now.saturating_duration_since(*at));
        let with_age = |entry: Entry| {
            let age = age(&entry);
            (entry, age)
        };
        entries.into_iter().map(with_age).collect()
    }

    /// Every event, oldest first.
    pub fn events(&self) -> Vec<Event> {
        self.all().into_iter().map(|entry| entry.event).collect()
    }

    /// How many entries were ever appended: the position of the next one.
    pub fn length(&self) -> u64 {
        self.entries.lock().length()
    }

    /// Waits until the journal is longer than this.
    pub async fn grown_beyond(&self, length: u64) {
        self.changed_until(|| self.length() > length).await;
    }

    /// Waits until the journal is longer than this; `false` if its realm is served no more before that.
    pub(crate) async fn grows_beyond(&self, length: u64) -> bool {
        self.changed_until(|| self.length() > length || self.ended.load(Ordering::SeqCst)).await;
        self.length() > length
    }

    /// Tells those who wait for more that the realm is served no more.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::SeqCst);
        self.grown.notify_waiters();
    }

    async fn changed_until(&self, is_so: impl Fn() -> bool) {
        loop {
            let changed = self.grown.notified();
            if is_so() {
                return;
            }
            changed.await;
        }
    }
}

impl Default for Journal {
    fn default() -> Self {
        Self::keeping(usize::MAX)
    }
}

/// Far more than a realm needs.
const CAPACITY: usize = 50_000;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{CAPACITY, Journal};
    use crate::realm::{Event, Kept};

    #[tokio::test]
    async fn who_waits_for_more_learns_that_the_realm_has_ended() {
        let journal = Journal::default();

        let (grows, ()) = tokio::join!(journal.grows_beyond(0), async { journal.end() });
        assert!(!grows);

        journal.append(Timestamp::UNIX_EPOCH, Event::SsoStarted { idp: "okta".to_owned() });
        assert!(journal.grows_beyond(0).await, "what is there is read first");
    }

    #[test]
    fn a_journal_that_grew_too_long_says_how_many_entries_were_dropped() {
        let journal = Journal::default();
        let event = || Event::SsoStarted { idp: "okta".to_owned() };
        (0..CAPACITY).for_each(|_| journal.append(Timestamp::UNIX_EPOCH, event()));
        assert_eq!(journal.events()[0], event());

        (0..3).for_each(|_| journal.append(Timestamp::UNIX_EPOCH, event()));
        let ages: Vec<Option<Duration>> = journal.all_with_ages().into_iter().map(|(_, age)| age).collect();
        assert!(ages[0].is_none() && ages[1..].iter().all(Option::is_some), "what stands in for others has no age");
        assert!(ages[1..].is_sorted_by(|one, next| one >= next), "the oldest first");

        let capacity = u64::try_from(CAPACITY).unwrap();
        assert_eq!(journal.length(), capacity + 3);
        for (from, dropped, next) in [(0, Some(3), 3), (2, Some(1), 3), (3, None, 3), (10, None, 10)] {
            let mut found = journal.since(from).into_iter();
            if let Some(count) = dropped {
                let first = found.next().unwrap();
                assert_eq!(first.event, Event::Dropped { what: Kept::JournalEntries, count }, "from {from}");
                assert_eq!(first.seq, 2, "from {from}");
            }
            assert_eq!(found.next().map(|entry| entry.seq), Some(next), "from {from}");
            assert_eq!(found.last().map(|entry| entry.seq), Some(capacity + 2), "from {from}");
        }
    }
}
