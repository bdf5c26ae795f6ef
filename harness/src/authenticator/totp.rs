//! TOTP codes (RFC 6238), typed carefully: never at the edge of a window, never the same step twice.

use jiff::Timestamp;
use totp_rs::{Algorithm, Builder, Totp};
use vestibule_model::{Secret, TotpSecret};

/// A TOTP app: SHA-1, six digits, steps of 30 seconds (RFC 6238, 1.2 and 4; what authenticator apps assume).
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
}

/// What to do now for a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CodePlan {
    /// Type this code.
    Ready {
        /// The code, six digits.
        code: Secret,
        /// Its step: seconds since the Unix epoch divided by 30.
        step: u64,
    },
    /// Wait until then and plan again: the step was used already, or its window is about to close.
    WaitUntil(Timestamp),
}

impl TotpGenerator {
    /// Reads a base32 secret as pages and apps show it: accepts lower case, spaces, dashes and missing padding.
    ///
    /// # Errors
    ///
    /// If nothing remains, or if it is not base32.
    pub fn from_base32(secret: &Secret) -> Result<Self, TotpSecretError> {
        let bare = TotpSecret::ungrouped(secret.reveal());
        if bare.is_empty() {
            return Err(TotpSecretError::Empty);
        }
        let bytes = totp_rs::Secret::try_from_base32(bare).map_err(|_| TotpSecretError::NotBase32)?;
        // Real secrets of 80 bits exist, but `build` refuses anything below 128.
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(0)
            .with_step_duration(STEP_SECONDS)
            .with_secret(bytes)
            .build_noncompliant();
        Ok(Self { totp })
    }

    /// The code to type now, or the time until which to wait for one.
    ///
    /// Waits out a window with less than three seconds left, because the code might reach the org in the next window.
    /// Never uses a step at or before the last used one again (RFC 6238, 5.2).
    pub(crate) fn plan(&self, now: Timestamp, last_used_step: Option<u64>) -> CodePlan {
        let now_ms = u64::try_from(now.as_millisecond()).unwrap_or(0);
        let current = now_ms / STEP_MS;
        let closing = STEP_MS - now_ms % STEP_MS < CLOSING_MS;
        let fresh = if closing { current + 1 } else { current };
        let step = last_used_step.map_or(fresh, |used| fresh.max(used.saturating_add(1)));
        if step == current {
            let code = self.totp.generate(step * STEP_SECONDS).to_string();
            CodePlan::Ready { code: Secret::new(code), step }
        } else {
            CodePlan::WaitUntil(start_of(step))
        }
    }
}

impl std::fmt::Debug for TotpGenerator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpGenerator([redacted])")
    }
}

fn start_of(step: u64) -> Timestamp {
    let second = i64::try_from(step.saturating_mul(STEP_SECONDS)).unwrap_or(i64::MAX);
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}

const STEP_SECONDS: u64 = 30;
const STEP_MS: u64 = STEP_SECONDS * 1000;
const CLOSING_MS: u64 = 3000;

#[cfg(test)]
mod tests;
