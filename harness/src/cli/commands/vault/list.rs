//! `vestibule vault list`: the accounts, without secrets.

use clap::Args;

use super::text::{holdings, shown};
use crate::cli::arguments::vault::VaultArgs;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// One JSON object per account
    #[arg(long, help_heading = "Output")]
    json: bool,
    #[command(flatten)]
    vault: VaultArgs,
}

/// Lists the accounts.
///
/// # Errors
/// If the vault cannot be read, or has no account.
pub(super) fn list(args: &ListArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let vault = args.vault.open(console)?.read()?;
    let accounts = vault.accounts();
    if accounts.is_empty() {
        return Err(CliError::nothing_selected("the vault has no account").hint(
            "add one with `vestibule vault add HOST USER`, or import a file with `vestibule vault import FILE`",
        ));
    }
    if args.json {
        for account in accounts {
            console.out.json_line(&shown(account))?;
        }
        return Ok(ExitCode::Passed);
    }
    let width = |of: fn(&crate::vault::Account) -> &str| accounts.iter().map(|one| of(one).chars().count()).max();
    let hosts = width(|account| &account.host).unwrap_or_default();
    let users = width(|account| &account.username).unwrap_or_default();
    for account in accounts {
        writeln!(console.out, "{:hosts$}  {:users$}  {}", account.host, account.username, holdings(account))?;
    }
    Ok(ExitCode::Passed)
}
