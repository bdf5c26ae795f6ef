//! Lockout: counts wrong passwords (contract H4.3) and wrong codes (contract C3.8). No method verifies a user who is locked
//! out.

use jiff::{SignedDuration, Timestamp};

use super::Org;
use crate::realm::{Event, LockoutCause, User, VerificationResult, later};

/// The pattern that a public detector looks for (contract C3.8).
pub(super) const TOO_MANY: &str =
    "You have exceeded the maximum number of verification attempts. Wait an hour and try again.";

/// Whether too many wrong passwords or codes, or an admin, lock this user out.
pub(super) fn is_locked(org: &Org, user: &User) -> bool {
    user.is_locked(org.now())
}

/// Resets the count after a right password.
pub(super) fn forgive_passwords(org: &Org, user: &str) {
    org.realm.users.update(user, |user| user.failed_passwords = 0);
}

/// Counts a wrong password; at the limit, locks the user out.
pub(super) fn count_bad_password(org: &Org, user: &str) {
    let most = org.settings().lockout_after;
    let now = org.now();
    let locked = org.realm.users.update(user, |user| {
        user.failed_passwords = user.failed_passwords.saturating_add(1);
        let locked = most > 0 && user.failed_passwords >= most;
        if locked {
            user.failed_passwords = 0;
            lock(user, now, AFTER_PASSWORDS);
        }
        locked
    });
    if locked == Some(true) {
        org.realm.record(Event::UserLockedOut { user: user.to_owned(), by: LockoutCause::Passwords });
    }
}

/// Counts a bad code; the tenth in a row locks the user out. Call it while holding the lock on the users.
pub(super) fn count_bad_code(user: &mut User, result: VerificationResult, now: Timestamp) -> VerificationResult {
    user.failed_codes = user.failed_codes.saturating_add(1);
    if user.failed_codes < MAX_BAD_CODES {
        return result;
    }
    user.failed_codes = 0;
    lock(user, now, AFTER_CODES);
    VerificationResult::LockedOut
}

fn lock(user: &mut User, now: Timestamp, lasts: SignedDuration) {
    user.locked_until = Some(later(now, lasts));
}

const MAX_BAD_CODES: u32 = 10;
/// Background.
const AFTER_PASSWORDS: SignedDuration = SignedDuration::from_mins(15);
const AFTER_CODES: SignedDuration = SignedDuration::from_hours(1);
