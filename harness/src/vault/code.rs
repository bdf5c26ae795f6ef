//! Codes of an account, each issued once.

use jiff::Timestamp;

use super::error::VaultError;
use super::file::VaultFile;
use crate::authenticator::CodePlan;

/// A code of this account that is good for [`super::GOOD_FOR`], or the time until which to wait for one. Its step is
/// recorded as issued before this returns, so that no process issues it again.
///
/// # Errors
///
/// If the vault cannot be read or written, has no such account, or the account has no TOTP app.
pub(crate) fn next_code(
    file: &VaultFile,
    user: &str,
    host: Option<&str>,
    now: Timestamp,
) -> Result<CodePlan, VaultError> {
    file.update(|vault| {
        let account = vault.find_mut(user, host)?;
        let totp = account.totp.as_mut().ok_or_else(|| VaultError::NoTotp(user.to_owned()))?;
        Ok(totp.issue(now)?)
    })
}
