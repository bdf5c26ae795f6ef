//! `vestibule vault remove`: an account, or what it has.

use clap::{Args, ValueEnum};

use super::text::holdings;
use crate::authenticator::CredentialStore;
use crate::cli::arguments::vault::VaultArgs;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;

#[derive(Debug, Args)]
pub(super) struct RemoveArgs {
    /// The user name
    #[arg(value_name = "USER")]
    user: String,
    /// The host, if the user has accounts at several
    #[arg(long, value_name = "HOST", help_heading = "Filter")]
    host: Option<String>,
    /// Remove only this part of the account; may be repeated
    #[arg(long = "only", value_name = "WHAT", value_enum, help_heading = "Filter")]
    only: Vec<Part>,
    #[command(flatten)]
    vault: VaultArgs,
}

/// A part of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Password,
    Totp,
    Passkeys,
    BackupCodes,
}

/// Removes the account, or parts of it.
///
/// # Errors
/// If the vault has no such account, or cannot be written.
pub(super) fn remove(args: &RemoveArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let file = args.vault.open(console)?;
    let host = args.host.as_deref();
    if args.only.is_empty() {
        let removed = file.update(|vault| vault.remove(&args.user, host))?;
        writeln!(console.err, "removed {} at {}: {}", removed.username, removed.host, holdings(&removed))?;
        return Ok(ExitCode::Passed);
    }
    let left = file.update(|vault| {
        let account = vault.find_mut(&args.user, host)?;
        for part in &args.only {
            match part {
                Part::Password => account.password = None,
                Part::Totp => account.totp = None,
                Part::Passkeys => {
                    account.passkeys = CredentialStore::default();
                    account.registrations.clear();
                }
                Part::BackupCodes => account.backup_codes.clear(),
            }
        }
        Ok(format!("{} at {} has {}", account.username, account.host, holdings(account)))
    })?;
    writeln!(console.err, "{left}")?;
    Ok(ExitCode::Passed)
}
