//! TOTP codes (RFC 6238), typed carefully: never at the edge of a window, never the same step twice.

use std::time::Duration;

use jiff::Timestamp;
use totp_rs::{Algorithm, Builder, Totp};
use vestibule_model::{Secret, TotpAlgorithm, TotpKey, TotpSecret};

/// A TOTP app (RFC 6238, 1.2 and 4).
#[derive(Clone)]
pub struct TotpGenerator {
    totp: Totp,
}

/// Why a text is not a TOTP secret.
#[derive(Debug, thiserror::Error)]
pub enum TotpSecretError {
    /// It is empty.
    #[error("read the TOTP secret: it is empty")]
    Empty,
    /// It has characters that are not in base32 (RFC 4648, 6).
    #[error("read the TOTP secret: it is not base32 (letters A to Z and digits 2 to 7)")]
    NotBase32,
    /// An `otpauth:` URI cannot hold the name of the account.
    #[error("write the otpauth URI: the name of the account is empty or has a colon")]
    Label,
}

/// What to do now for a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CodePlan {
    /// Type this code.
    Ready {
        /// The code.
        code: Secret,
        /// Its step: seconds since the Unix epoch divided by the period.
        step: u64,
    },
    /// Wait until then and plan again: the step was used already, or its window is about to close.
    WaitUntil(Timestamp),
}

impl TotpGenerator {
    /// An app with this key.
    ///
    /// # Errors
    ///
    /// If the secret is not base32, which a checked key never says.
    pub(crate) fn new(key: &TotpKey) -> Result<Self, TotpSecretError> {
        Self::build(app(key), key.secret.base32().reveal())
    }

    /// An app that makes SHA-1 codes of six digits and 30 seconds, which authenticator apps assume, from a base32 secret as
    /// pages and apps show it: accepts lower case, spaces, dashes and missing padding.
    ///
    /// # Errors
    ///
    /// If nothing remains, or if it is not base32.
    pub fn from_base32(secret: &Secret) -> Result<Self, TotpSecretError> {
        let app = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30);
        Self::build(app, &TotpSecret::ungrouped(secret.reveal()))
    }

    fn build(app: Builder, base32: &str) -> Result<Self, TotpSecretError> {
        if base32.is_empty() {
            return Err(TotpSecretError::Empty);
        }
        // Real secrets of 80 bits exist, but `build` refuses anything below 128.
        Ok(Self { totp: app.with_skew(0).with_secret(bytes(base32)?).build_noncompliant() })
    }

    /// The code to type now, or the time until which to wait for one.
    ///
    /// Waits out a window with less than three seconds left, because the code might reach the org in the next window.
    /// Never uses a step at or before the last used one again (RFC 6238, 5.2).
    pub(crate) fn plan(&self, now: Timestamp, last_used_step: Option<u64>) -> CodePlan {
        self.plan_good_for(CLOSING, now, last_used_step)
    }

    /// The same for a code that still counts for this long, or for half the period where that is shorter.
    pub(crate) fn plan_good_for(&self, good_for: Duration, now: Timestamp, last_used_step: Option<u64>) -> CodePlan {
        let now_ms = u64::try_from(now.as_millisecond()).unwrap_or(0);
        let step_ms = self.totp.step().saturating_mul(1000).max(1);
        let good_for_ms = u64::try_from(good_for.as_millis()).unwrap_or(u64::MAX).min(step_ms / 2);
        let current = now_ms / step_ms;
        let closing = step_ms - now_ms % step_ms < good_for_ms;
        let fresh = if closing { current + 1 } else { current };
        let step = last_used_step.map_or(fresh, |used| fresh.max(used.saturating_add(1)));
        if step == current {
            let code = self.totp.generate(self.second_of(step)).to_string();
            CodePlan::Ready { code: Secret::new(code), step }
        } else {
            CodePlan::WaitUntil(self.start_of(step))
        }
    }

    /// When a step begins, which is when the one before it ends.
    pub(crate) fn start_of(&self, step: u64) -> Timestamp {
        let second = i64::try_from(self.second_of(step)).unwrap_or(i64::MAX);
        Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
    }

    fn second_of(&self, step: u64) -> u64 {
        step.saturating_mul(self.totp.step())
    }
}

impl std::fmt::Debug for TotpGenerator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpGenerator([redacted])")
    }
}

/// The `otpauth:` URI of a key (Key Uri Format), with the secret in it.
///
/// # Errors
///
/// If the issuer or the account has a colon, which the format cannot hold.
pub(crate) fn otpauth_uri(key: &TotpKey, issuer: &str, account: &str) -> Result<Secret, TotpSecretError> {
    if issuer.contains(':') || account.contains(':') {
        return Err(TotpSecretError::Label);
    }
    let app = app(key).with_issuer(Some(issuer)).with_account_name(account);
    let totp = app.with_secret(bytes(key.secret.base32().reveal())?).build_noncompliant();
    totp.to_url().map(Secret::new).map_err(|_| TotpSecretError::Label)
}

fn app(key: &TotpKey) -> Builder {
    let algorithm = match key.algorithm {
        TotpAlgorithm::Sha1 => Algorithm::SHA1,
        TotpAlgorithm::Sha256 => Algorithm::SHA256,
        TotpAlgorithm::Sha512 => Algorithm::SHA512,
    };
    Builder::new().with_algorithm(algorithm).with_digits(key.digits).with_step_duration(key.period.into())
}

fn bytes(base32: &str) -> Result<totp_rs::Secret, TotpSecretError> {
    totp_rs::Secret::try_from_base32(base32).map_err(|_| TotpSecretError::NotBase32)
}

/// The time that a code takes to the org.
const CLOSING: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests;
