//! The browsers that were activated for a user.

use std::collections::VecDeque;
use std::sync::Arc;

use super::user_names::FoundBy;

/// Ids of the browsers that were activated for one user (device activation), oldest first. The oldest gives way if there are
/// too many, as a visitor without cookies adds one at each login.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Devices(Arc<VecDeque<Arc<str>>>);

impl Devices {
    /// Keeps an id as the newest.
    pub(crate) fn insert(&mut self, id: &str) {
        let devices = Arc::make_mut(&mut self.0);
        devices.retain(|known| **known != *id);
        while devices.len() >= MOST {
            devices.pop_front();
        }
        devices.push_back(id.into());
    }

    /// Whether this id is one of them.
    pub fn contains(&self, id: &str) -> bool {
        self.0.iter().any(|known| **known == *id)
    }

    /// The ids, oldest first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|id| &**id)
    }

    /// What the user is found by.
    pub(super) fn names(&self) -> impl Iterator<Item = FoundBy> {
        self.0.iter().cloned().map(FoundBy::Device)
    }

    /// Whether these are the same, known without comparing the ids: `false` may be wrong.
    pub(super) fn is_unchanged(&self, before: &Self) -> bool {
        Arc::ptr_eq(&self.0, &before.0)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// More than a person has.
const MOST: usize = 100;

#[cfg(test)]
mod tests {
    use super::{Devices, MOST};

    #[test]
    fn of_too_many_browsers_the_one_that_was_activated_longest_ago_gives_way() {
        let mut devices = Devices::default();
        (0..MOST).for_each(|number| devices.insert(&number.to_string()));
        devices.insert("0");
        assert_eq!((devices.len(), devices.ids().last()), (MOST, Some("0")), "it is known already");

        devices.insert("new");

        assert_eq!(devices.len(), MOST);
        assert!(devices.contains("new") && devices.contains("0") && !devices.contains("1") && devices.contains("2"));
    }
}
