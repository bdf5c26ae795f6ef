//! Values that are kept under an id for a limited time: pending requests, codes, sessions, ids seen before.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use parking_lot::Mutex;

/// Values with an id and an end. The time is an argument; expired values are dropped at the next insertion.
pub(crate) struct Expiring<T> {
    entries: Mutex<BTreeMap<String, (Timestamp, T)>>,
}

impl<T: Clone> Expiring<T> {
    /// Keeps a value under this id until `end`. An older value under the same id is replaced.
    pub(crate) fn put(&self, id: impl Into<String>, value: T, end: Timestamp, now: Timestamp) {
        let mut entries = self.entries.lock();
        entries.retain(|_, (end, _)| *end > now);
        entries.insert(id.into(), (end, value));
    }

    /// Keeps a value only if this id is new; returns whether it was.
    pub(crate) fn put_new(&self, id: impl Into<String>, value: T, end: Timestamp, now: Timestamp) -> bool {
        let mut entries = self.entries.lock();
        entries.retain(|_, (end, _)| *end > now);
        let id = id.into();
        let new = !entries.contains_key(&id);
        if new {
            entries.insert(id, (end, value));
        }
        new
    }

    /// The value under this id, unless it has expired.
    pub(crate) fn get(&self, id: &str, now: Timestamp) -> Option<T> {
        self.entries.lock().get(id).filter(|(end, _)| *end > now).map(|(_, value)| value.clone())
    }

    /// Removes the value under this id, and returns it unless it has expired.
    pub(crate) fn take(&self, id: &str, now: Timestamp) -> Option<T> {
        self.entries.lock().remove(id).filter(|(end, _)| *end > now).map(|(_, value)| value)
    }

    /// Changes the value under this id under the lock; `None` where there is none.
    pub(crate) fn update<R>(&self, id: &str, now: Timestamp, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.entries.lock().get_mut(id).filter(|(end, _)| *end > now).map(|(_, value)| change(value))
    }
}

impl<T> Default for Expiring<T> {
    fn default() -> Self {
        Self { entries: Mutex::default() }
    }
}

/// Ids may be secrets, so only the number of entries is shown.
impl<T> fmt::Debug for Expiring<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expiring").field("entries", &self.entries.lock().len()).finish()
    }
}
