//! `vestibule vault show`: what an account has, without secrets.

use clap::Args;

use super::text::{details, shown};
use crate::cli::arguments::vault::VaultArgs;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;

#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The user name
    #[arg(value_name = "USER")]
    user: String,
    /// The host, if the user has accounts at several
    #[arg(long, value_name = "HOST", help_heading = "Filter")]
    host: Option<String>,
    /// Print JSON
    #[arg(long, help_heading = "Output")]
    json: bool,
    #[command(flatten)]
    vault: VaultArgs,
}

/// Shows what the account has.
///
/// # Errors
/// If the vault cannot be read, or has no such account.
pub(super) fn show(args: &ShowArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let vault = args.vault.open(console)?.read()?;
    let account = vault.find(&args.user, args.host.as_deref())?;
    if args.json {
        console.out.json_line(&shown(account))?;
        return Ok(ExitCode::Passed);
    }
    for (name, value) in details(account) {
        writeln!(console.out, "{name:13} {value}")?;
    }
    Ok(ExitCode::Passed)
}
