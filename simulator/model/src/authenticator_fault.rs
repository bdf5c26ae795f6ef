//! What an authenticator can do wrong.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// One thing that an authenticator, or its user, does wrong in a WebAuthn ceremony.
///
/// Where a fault ends the ceremony, the page sees `NotAllowedError` and cannot tell which fault it was (WebAuthn Level 3,
/// 14.5.1 and 14.5.2); a credential that the RP excludes is told by `InvalidStateError`.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "fault of an authenticator", rename_all = "kebab-case")]
#[schemars(rename = "AuthenticatorFault")]
#[strum(serialize_all = "kebab-case")]
pub enum AuthenticatorFault {
    /// There is no authenticator: the ceremony waits for a device that does not exist.
    Absent,
    /// It can verify its user, and the user fails: a wrong finger, a wrong PIN.
    UserVerificationRefused,
    /// It cannot verify its user.
    UserVerificationAbsent,
    /// The user declines.
    Declined,
    /// The user does nothing until the ceremony has timed out.
    TimedOut,
    /// It never answers.
    Hanging,
    /// It answers as at another origin. A browser writes the origin itself; there, the passkeys have another RP ID.
    WrongOrigin,
    /// Its signature counter is below that of the last assertion, as that of a cloned key.
    CounterLower,
    /// Its signature counter is that of the last assertion.
    CounterEqual,
    /// It says that the passkey is eligible for backup and not backed up: BE 1, BS 0.
    BackupEligible,
    /// It says that the passkey is eligible for backup and backed up: BE 1, BS 1.
    BackedUp,
    /// It says that the passkey is backed up and not eligible for it, which no authenticator may say: BE 0, BS 1.
    BackedUpIneligible,
    /// It says that the passkey is not eligible for backup: BE 0, BS 0.
    NotBackupEligible,
    /// It already has a passkey that the RP excludes.
    ExcludedCredential,
}

impl AuthenticatorFault {
    /// The flags "backup eligibility" and "backup state" that it sets (WebAuthn Level 3, 6.1.3); `None` if it is not about
    /// them.
    pub fn backup_flags(self) -> Option<(bool, bool)> {
        match self {
            Self::BackupEligible => Some((true, false)),
            Self::BackedUp => Some((true, true)),
            Self::BackedUpIneligible => Some((false, true)),
            Self::NotBackupEligible => Some((false, false)),
            _ => None,
        }
    }

    /// Whether its user is not verified.
    pub fn leaves_user_unverified(self) -> bool {
        matches!(self, Self::UserVerificationRefused | Self::UserVerificationAbsent)
    }
}
