//! Values that are kept under an id for a limited time: pending requests, codes, sessions, ids seen before.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;

use super::event::{Event, Kept};
use super::journal::Journal;

/// Values with an id and an end. The time is an argument; expired values are dropped at the next insertion. If there
/// are too many, the value that ends first is dropped, and the journal says so.
pub(crate) struct Expiring<T> {
    what: Kept,
    journal: Arc<Journal>,
    entries: Mutex<Entries<T>>,
}

struct Entries<T> {
    /// Boxed, since the table moves its entries when it grows.
    by_id: HashMap<Arc<str>, (Timestamp, Box<T>)>,
    by_end: BTreeSet<(Timestamp, Arc<str>)>,
    gave_way: u64,
}

impl<T: Clone> Expiring<T> {
    /// An empty collection of values of this kind.
    pub(crate) fn new(what: Kept, journal: &Arc<Journal>) -> Self {
        let entries = Entries { by_id: HashMap::new(), by_end: BTreeSet::new(), gave_way: 0 };
        Self { what, journal: Arc::clone(journal), entries: Mutex::new(entries) }
    }

    /// Keeps a value under this id until `end`. An older value under the same id is replaced.
    pub(crate) fn put(&self, id: &str, value: T, end: Timestamp, now: Timestamp) {
        let mut entries = self.entries.lock();
        entries.drop_ended(now);
        entries.insert(id.into(), value, end);
        self.make_room(&mut entries, now);
    }

    /// Keeps a value only if this id is new; returns whether it was.
    pub(crate) fn put_new(&self, id: &str, value: T, end: Timestamp, now: Timestamp) -> bool {
        let mut entries = self.entries.lock();
        entries.drop_ended(now);
        let new = !entries.by_id.contains_key(id);
        if new {
            entries.insert(id.into(), value, end);
            self.make_room(&mut entries, now);
        }
        new
    }

    /// Replaces the value under this id, and its end, while holding the lock; returns whether there was one. What was taken
    /// away meanwhile stays away.
    pub(crate) fn renew(&self, id: &str, value: T, end: Timestamp, now: Timestamp) -> bool {
        let mut entries = self.entries.lock();
        let known = entries.by_id.get(id).is_some_and(|(end, _)| !has_ended(*end, now));
        if known {
            entries.insert(id.into(), value, end);
        }
        known
    }

    /// The value under this id, unless it has expired.
    pub(crate) fn get(&self, id: &str, now: Timestamp) -> Option<T> {
        self.entries.lock().by_id.get(id).filter(|(end, _)| !has_ended(*end, now)).map(|(_, value)| T::clone(value))
    }

    /// Every value that has not expired, in the order of their ids.
    pub(crate) fn all(&self, now: Timestamp) -> Vec<(String, T)> {
        let entries = self.entries.lock();
        let valid = entries.by_id.iter().filter(|(_, (end, _))| !has_ended(*end, now));
        let mut valid: Vec<_> = valid.map(|(id, (_, value))| (id.to_string(), T::clone(value))).collect();
        valid.sort_by(|(one, _), (other, _)| one.cmp(other));
        valid
    }

    /// Removes the value under this id, and returns it unless it has expired.
    pub(crate) fn take(&self, id: &str, now: Timestamp) -> Option<T> {
        let (end, value) = self.entries.lock().remove(id)?;
        (!has_ended(end, now)).then_some(value)
    }

    /// Changes the end of the value under this id.
    pub(crate) fn end_at(&self, id: &str, end: Timestamp) {
        let mut entries = self.entries.lock();
        if let Some((_, value)) = entries.remove(id) {
            entries.insert(id.into(), value, end);
        }
    }

    /// Changes the value under this id while holding the lock; `None` if there is none.
    pub(crate) fn update<R>(&self, id: &str, now: Timestamp, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let mut entries = self.entries.lock();
        entries.by_id.get_mut(id).filter(|(end, _)| !has_ended(*end, now)).map(|(_, value)| change(value))
    }

    fn make_room(&self, entries: &mut Entries<T>, now: Timestamp) {
        if entries.by_id.len() <= CAPACITY.min(self.journal.most()) {
            return;
        }
        entries.drop_first();
        entries.gave_way = entries.gave_way.saturating_add(1);
        if entries.gave_way.is_power_of_two() {
            self.journal.append(now, Event::Dropped { what: self.what, count: entries.gave_way });
        }
    }
}

impl<T> Entries<T> {
    fn insert(&mut self, id: Arc<str>, value: T, end: Timestamp) {
        self.by_end.insert((end, Arc::clone(&id)));
        if let Some((older, _)) = self.by_id.insert(Arc::clone(&id), (end, Box::new(value)))
            && older != end
        {
            self.by_end.remove(&(older, id));
        }
    }

    fn remove(&mut self, id: &str) -> Option<(Timestamp, T)> {
        let (id, (end, value)) = self.by_id.remove_entry(id)?;
        self.by_end.remove(&(end, id));
        Some((end, *value))
    }

    fn drop_ended(&mut self, now: Timestamp) {
        while self.by_end.first().is_some_and(|(end, _)| has_ended(*end, now)) {
            self.drop_first();
        }
    }

    fn drop_first(&mut self) {
        if let Some((_, id)) = self.by_end.pop_first() {
            self.by_id.remove(&id);
        }
    }
}

/// A clock that is set too far ahead stands still at the end of time. Nothing ends there.
fn has_ended(end: Timestamp, now: Timestamp) -> bool {
    end <= now && end != Timestamp::MAX
}

/// Ids may be secrets, so only the number of entries is shown.
impl<T> fmt::Debug for Expiring<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expiring").field("entries", &self.entries.lock().by_id.len()).finish()
    }
}

/// Far more than a realm needs.
const CAPACITY: usize = 10_000;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::{SignedDuration, Timestamp};

    use super::{CAPACITY, Expiring};
    use crate::realm::{Event, Journal, Kept};

    fn second(number: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(number)
    }

    fn expiring() -> (Expiring<u8>, Arc<Journal>) {
        let journal = Arc::default();
        (Expiring::new(Kept::Tickets, &journal), journal)
    }

    #[test]
    fn a_value_is_found_until_it_ends() {
        let (values, _) = expiring();
        values.put("a", 1, second(10), second(0));
        values.put("b", 2, second(20), second(0));
        values.put("a", 3, second(30), second(0));
        values.end_at("b", second(5));

        assert_eq!((values.get("a", second(29)), values.get("a", second(30))), (Some(3), None));
        assert_eq!((values.get("b", second(4)), values.get("b", second(5))), (Some(2), None));
        assert!(!values.put_new("a", 4, second(40), second(29)), "it has not ended");
        assert!(values.put_new("a", 4, second(40), second(30)), "it has ended");
        assert_eq!(values.update("a", second(31), |value| std::mem::replace(value, 5)), Some(4));
        assert_eq!((values.take("a", second(31)), values.take("a", second(31))), (Some(5), None));
        assert_eq!(values.take("b", second(31)), None);
    }

    #[test]
    fn only_a_value_that_is_still_there_is_renewed() {
        let (values, _) = expiring();
        values.put("a", 1, second(10), second(0));
        assert!(values.renew("a", 2, second(30), second(9)));
        assert_eq!((values.get("a", second(29)), values.get("a", second(30))), (Some(2), None));

        assert!(!values.renew("a", 3, second(60), second(30)), "it has ended");
        values.put("b", 4, second(60), second(30));
        values.take("b", second(31));
        assert!(!values.renew("b", 5, second(60), second(32)), "it was taken away");
        assert_eq!(values.get("b", second(33)), None);
    }

    #[test]
    fn all_values_are_those_that_have_not_ended() {
        let (values, _) = expiring();
        values.put("b", 2, second(20), second(0));
        values.put("a", 1, second(10), second(0));

        assert_eq!(values.all(second(9)), [("a".to_owned(), 1), ("b".to_owned(), 2)]);
        assert_eq!(values.all(second(10)), [("b".to_owned(), 2)]);
    }

    #[test]
    fn at_the_end_of_time_nothing_ends() {
        let (values, _) = expiring();
        values.put("a", 1, Timestamp::MAX, Timestamp::MAX);

        assert_eq!(values.take("a", Timestamp::MAX), Some(1));
    }

    #[test]
    fn of_too_many_the_one_that_would_end_first_gives_way_and_the_journal_says_how_many() {
        let (values, journal) = expiring();
        for number in 0..CAPACITY {
            let end = i64::try_from(CAPACITY - number).unwrap() + 100;
            values.put(&number.to_string(), 0, second(end), second(0));
        }
        assert!(journal.events().is_empty());

        for number in 0..5 {
            values.put(&format!("more {number}"), 1, second(1_000_000), second(0));
        }

        let kept = |number: usize| values.get(&number.to_string(), second(0)).is_some();
        assert!(!kept(CAPACITY - 1) && !kept(CAPACITY - 5) && kept(CAPACITY - 6) && kept(0));
        let dropped = [1, 2, 4].map(|count| Event::Dropped { what: Kept::Tickets, count });
        assert_eq!(journal.events(), dropped);
    }
}
