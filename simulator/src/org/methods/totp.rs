//! Checks TOTP codes and temporary codes (RFC 6238; contract C3.1, C3.2).

use std::collections::BTreeSet;

use jiff::Timestamp;
use totp_rs::Totp;

use crate::org::lockout::count_bad_code;
use crate::realm::{CodeFieldHolds, User, VerificationResult};
use crate::totp::of_key;
use vestibule_model::{Secret, VerificationMethod, Weakness};

/// The TOTP of a base32 secret at the org.
pub(super) fn of_secret(secret: &Secret, username: &str) -> Option<Totp> {
    of_key(secret, "Salesforce", username)
}

/// The code that the user's TOTP app shows at this Unix time.
pub fn totp_code(user: &User, unix: u64) -> Option<Secret> {
    let totp = of_secret(user.totp_secret.as_ref()?, &user.username)?;
    Some(Secret::new(totp.generate(unix).to_string()))
}

/// Checks a code against the user's secrets, and counts bad codes: a TOTP step works once, and too many bad codes in a row
/// lock the user out. Call it while holding the lock on the users.
pub(super) fn check(
    user: &mut User,
    offered: &[VerificationMethod],
    code: &str,
    now: Timestamp,
    weaknesses: &BTreeSet<Weakness>,
) -> (VerificationMethod, VerificationResult) {
    let expected = if offered.contains(&VerificationMethod::TotpApp) {
        VerificationMethod::TotpApp
    } else {
        VerificationMethod::TemporaryCode
    };
    if user.is_locked(now) {
        return (expected, VerificationResult::LockedOut);
    }
    let (method, result) =
        compare(user, offered, code, now, weaknesses).unwrap_or((expected, VerificationResult::Wrong));
    if result == VerificationResult::Accepted {
        user.failed_codes = 0;
        return (method, result);
    }
    (method, count_bad_code(user, result, now))
}

/// How many steps a code is away from now, and how many seconds the current step has left. A code is looked for within ten
/// minutes, and around the times that other time zones take for now. `None` if the user has no TOTP app.
pub(super) fn placed(user: &User, code: &str, now: Timestamp) -> Option<(Option<i64>, u64)> {
    let totp = of_secret(user.totp_secret.as_ref()?, &user.username)?;
    let unix = u64::try_from(now.as_second()).ok()?;
    let left = STEP_SECONDS - unix % STEP_SECONDS;
    let is_of = |off: &i64| {
        let then = unix.checked_add_signed(off * STEP_SECONDS.cast_signed());
        then.is_some_and(|then| totp.generate(then).to_string() == code)
    };
    let near = (0..=STALE_STEPS.cast_signed()).flat_map(|off| [-off, off]);
    let zones = (1..=FARTHEST_ZONE).flat_map(|quarters| [-quarters, quarters]).map(|quarters| quarters * QUARTER_STEPS);
    let elsewhere = zones.flat_map(|zone| (-2..=2).map(move |off| zone + off));
    Some((near.chain(elsewhere).find(is_of), left))
}

/// What was typed instead of a code; `None` for digits, and for nothing. The page cuts what its field cannot hold.
pub(super) fn mistyped(user: &User, typed: &str) -> Option<CodeFieldHolds> {
    if typed.chars().all(|char| char.is_ascii_digit()) {
        return None;
    }
    let begins = |whole: &str| {
        let same = |length: usize| whole.get(..length).is_some_and(|part| part.eq_ignore_ascii_case(typed));
        same(typed.len()) && (typed.len() >= FIELD_LENGTH || typed.len() == whole.len())
    };
    let secret = user.totp_secret.as_ref().is_some_and(|secret| begins(secret.reveal()));
    Some(if secret {
        CodeFieldHolds::TotpSecret
    } else if begins(user.password.reveal()) {
        CodeFieldHolds::Password
    } else if begins(&user.username) {
        CodeFieldHolds::Username
    } else {
        CodeFieldHolds::UnknownText
    })
}

fn compare(
    user: &mut User,
    offered: &[VerificationMethod],
    code: &str,
    now: Timestamp,
    weaknesses: &BTreeSet<Weakness>,
) -> Option<(VerificationMethod, VerificationResult)> {
    if offered.contains(&VerificationMethod::TemporaryCode)
        && let Some((temporary, expiry)) = &user.temporary_code
        && temporary.reveal() == code
    {
        let result = if now < *expiry { VerificationResult::Accepted } else { VerificationResult::Stale };
        return Some((VerificationMethod::TemporaryCode, result));
    }
    if !offered.contains(&VerificationMethod::TotpApp) {
        return None;
    }
    let totp = of_secret(user.totp_secret.as_ref()?, &user.username)?;
    let unix = u64::try_from(now.as_second()).ok()?;
    let skips = |weakness| weaknesses.contains(&weakness);
    let found = totp.check(code, unix);
    let found = found.or_else(|| past_step(&totp, code, unix).filter(|_| skips(Weakness::SkipExpiry)));
    let found = found.or_else(|| coming_step(&totp, code, unix).filter(|_| skips(Weakness::SkipNotBefore)));
    if let Some(step) = found
        && user.totp_races > 0
        && user.last_totp_step.is_none_or(|last| step > last)
    {
        user.totp_races = user.totp_races.saturating_sub(1);
        user.last_totp_step = Some(step);
    }
    let last = user.last_totp_step;
    let result = match found {
        Some(step) if last.is_some_and(|last| step <= last) && !skips(Weakness::SkipReplay) => {
            VerificationResult::Replayed
        }
        Some(step) => {
            user.last_totp_step = Some(step);
            VerificationResult::Accepted
        }
        None => past_step(&totp, code, unix).map_or(VerificationResult::Wrong, |step| {
            if last == Some(step) { VerificationResult::Replayed } else { VerificationResult::Stale }
        }),
    };
    Some((VerificationMethod::TotpApp, result))
}

/// The step in the last ten minutes that had this code.
fn past_step(totp: &Totp, code: &str, unix: u64) -> Option<u64> {
    (2..=STALE_STEPS).find_map(|back| totp.check(code, unix.checked_sub(back * STEP_SECONDS)?))
}

/// The step in the next ten minutes that will have this code.
fn coming_step(totp: &Totp, code: &str, unix: u64) -> Option<u64> {
    (2..=STALE_STEPS).find_map(|ahead| totp.check(code, unix.checked_add(ahead * STEP_SECONDS)?))
}

const STEP_SECONDS: u64 = 30;
/// Characters of a code, and of the field for one.
const FIELD_LENGTH: usize = 6;
const STALE_STEPS: u64 = 20;
/// A quarter of an hour: time zones differ from UTC by whole quarters.
const QUARTER_STEPS: i64 = 30;
/// Fourteen hours, in quarters.
const FARTHEST_ZONE: i64 = 56;
