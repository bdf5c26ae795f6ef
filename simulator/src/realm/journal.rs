//! The realm's append-only record of typed events. No event contains a secret.

use jiff::Timestamp;
use parking_lot::Mutex;
use serde::Serialize;

use super::event::Event;

/// One entry: when, and what.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Position in the journal, from 0.
    pub seq: u64,
    /// The protocol clock.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// The journal of one realm.
#[derive(Debug, Default)]
pub struct Journal {
    entries: Mutex<Vec<Entry>>,
    grown: tokio::sync::Notify,
}

impl Journal {
    pub(super) fn append(&self, at: Timestamp, event: Event) {
        let mut entries = self.entries.lock();
        let seq = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        entries.push(Entry { seq, at, event });
        drop(entries);
        self.grown.notify_waiters();
    }

    /// Every entry from this position on.
    pub fn since(&self, seq: u64) -> Vec<Entry> {
        let from = usize::try_from(seq).unwrap_or(usize::MAX);
        self.entries.lock().iter().skip(from).cloned().collect()
    }

    /// Every entry.
    pub fn all(&self) -> Vec<Entry> {
        self.since(0)
    }

    /// Every event, oldest first.
    pub fn events(&self) -> Vec<Event> {
        self.entries.lock().iter().map(|entry| entry.event.clone()).collect()
    }

    /// Waits until the journal is longer than this.
    pub async fn grown_beyond(&self, length: usize) {
        loop {
            let grown = self.grown.notified();
            if self.entries.lock().len() > length {
                return;
            }
            grown.await;
        }
    }
}
