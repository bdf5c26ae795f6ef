//! The browsers that were activated for a user.

use std::collections::VecDeque;

/// Ids of the browsers that were activated for one user (device activation), oldest first. The oldest gives way if there are
/// too many, as a visitor without cookies adds one at each login.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Devices(VecDeque<String>);

impl Devices {
    /// Keeps an id as the newest.
    pub(crate) fn insert(&mut self, id: &str) {
        self.0.retain(|known| known != id);
        while self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(id.to_owned());
    }

    /// Whether this id is one of them.
    pub fn contains(&self, id: &str) -> bool {
        self.0.iter().any(|known| known == id)
    }

    /// The ids, oldest first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
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
