//! The login hours of the users of a realm, each once: many users have those of one profile.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use vestibule_model::{LoginHours, UserSpec};

/// Login hours, by number, and who has them.
#[derive(Debug, Default)]
pub(super) struct LimitedHours {
    distinct: Vec<LoginHours>,
    /// By the key of the user. Those who may log in at any time are not here.
    of_users: BTreeMap<String, usize>,
}

impl LimitedHours {
    pub(super) fn of(users: &BTreeMap<String, UserSpec>) -> Self {
        let mut limited = Self::default();
        for (key, user) in users.iter().filter(|(_, user)| user.login_hours != LoginHours::default()) {
            let known = limited.distinct.iter().position(|hours| *hours == user.login_hours);
            let number = known.unwrap_or(limited.distinct.len());
            if known.is_none() {
                limited.distinct.push(user.login_hours.clone());
            }
            limited.of_users.insert(key.clone(), number);
        }
        limited
    }

    /// The number of the hours that this user has; `None` if there is no limit.
    pub(super) fn of_user(&self, key: &str) -> Option<usize> {
        self.of_users.get(key).copied()
    }

    /// Whether the hours of this number are over at this time.
    pub(super) fn are_over(&self, number: usize, date: Date, time: Time) -> bool {
        self.distinct.get(number).is_some_and(|hours| !hours.allow(date, time))
    }
}
