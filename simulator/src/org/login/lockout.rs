//! Counts wrong passwords (contract H4.3).

use jiff::{SignedDuration, Timestamp};

use crate::org::Org;
use crate::realm::{Event, LockoutCause, User};

/// Whether too many wrong passwords or codes, or an admin, lock this user out.
pub(super) fn is_locked(org: &Org, user: &User) -> bool {
    user.is_locked(org.now())
}

/// Resets the count after a right password.
pub(super) fn forgive(org: &Org, user: &str) {
    org.realm.users.update(user, |user| user.failed_passwords = 0);
}

/// Counts a wrong password; at the limit, locks the user out.
pub(super) fn count(org: &Org, user: &str) {
    let most = org.settings().lockout_after;
    let now = org.now();
    let locked = org.realm.users.update(user, |user| {
        user.failed_passwords = user.failed_passwords.saturating_add(1);
        let locked = most > 0 && user.failed_passwords >= most;
        if locked {
            user.failed_passwords = 0;
            user.locked_until = Some(now.saturating_add(LOCKOUT).unwrap_or(Timestamp::MAX));
        }
        locked
    });
    if locked == Some(true) {
        org.realm.record(Event::UserLockedOut { user: user.to_owned(), by: LockoutCause::Passwords });
    }
}

/// Contract H4.3, background.
const LOCKOUT: SignedDuration = SignedDuration::from_mins(15);
