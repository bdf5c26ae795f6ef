//! The time-based one-time passwords of authenticator apps (RFC 6238).

use totp_rs::{Builder, Totp};
use vestibule_model::Secret;

/// The TOTP of a base32 key: SHA-1, 6 digits, 30 seconds, one step of skew each side. `None` if the key is not base32.
/// Real keys of 80 bits exist, although RFC 4226 (4, R6) demands 128.
pub(crate) fn of_key(key: &Secret, issuer: &str, account: &str) -> Option<Totp> {
    let secret = totp_rs::Secret::try_from_base32(key.reveal()).ok()?;
    // The label of an otpauth URL must not contain a colon.
    let account = account.replace(':', "");
    let totp = Builder::new().with_secret(secret).with_account_name(account).with_issuer(Some(issuer));
    Some(totp.build_noncompliant())
}

/// A code as it was typed, without the spaces that some apps show.
pub(crate) fn typed(code: &str) -> String {
    code.chars().filter(|char| !char.is_whitespace()).collect()
}
