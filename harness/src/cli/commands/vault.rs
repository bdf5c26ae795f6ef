//! `vestibule vault`: the accounts of real orgs, in an encrypted file.

use clap::{Args, Subcommand};

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;

mod add;
mod create;
mod export;
mod import;
mod list;
mod remove;
mod show;
#[cfg(test)]
mod tests;
mod text;

use add::AddArgs;
use create::CreateArgs;
use export::ExportArgs;
use import::ImportArgs;
use list::ListArgs;
use remove::RemoveArgs;
use show::ShowArgs;

/// Keep the accounts of your orgs in an encrypted file
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule vault create --vault team.age                 asks for a passphrase
  vestibule vault create --vault ci.age --new-identity ci.key
  vestibule vault import logins.csv --only acme.my.salesforce.com
  vestibule vault add acme.my.salesforce.com rep --totp prompt
  vestibule vault list                                    no secret is shown
  vestibule vault export --format playwright --output state.json

Exit codes:
  0  done
  2  wrong usage, a wrong key, a damaged vault, or a mistake in a file; nothing was changed
  3  a file cannot be read or written
  4  no account was selected")]
pub(crate) struct VaultCommandArgs {
    #[command(subcommand)]
    command: VaultCommand,
}

#[derive(Debug, Subcommand)]
enum VaultCommand {
    /// Make an empty vault
    ///
    /// Encrypts it with a passphrase, for people, or for an age identity, a key in a file, for machines. The vault is a file
    /// of `age` (age-encryption.org/v1).
    Create(CreateArgs),
    /// Add an account, or what an account has
    ///
    /// Keeps what the account already has, unless you replace it. Never type a secret on the command line, where other
    /// programs and the shell's history see it. Name its source instead: `prompt` asks for it, `-` reads stdin, `env:NAME` a
    /// variable and `file:PATH` a file.
    Add(AddArgs),
    /// List the accounts, without secrets
    List(ListArgs),
    /// Show what an account has, without secrets
    Show(ShowArgs),
    /// Remove an account, or what it has
    Remove(RemoveArgs),
    /// Import accounts from a file of another program
    ///
    /// A file is imported as a whole or not at all. The formats are bitwarden-csv, 1password-csv, otpauth (one URI a line),
    /// browserforce (a credential file), playwright (a storage state with credentials) and virtual-authenticator (the
    /// credentials that WebDriver or DevTools return).
    Import(ImportArgs),
    /// Export accounts to a file for another program; the file is not encrypted
    Export(ExportArgs),
}

/// Runs the command.
///
/// # Errors
/// If the vault cannot be used, or what is asked for does not exist.
pub(crate) fn vault(args: &VaultCommandArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    match &args.command {
        VaultCommand::Create(args) => create::create(args, console),
        VaultCommand::Add(args) => add::add(args, console),
        VaultCommand::List(args) => list::list(args, console),
        VaultCommand::Show(args) => show::show(args, console),
        VaultCommand::Remove(args) => remove::remove(args, console),
        VaultCommand::Import(args) => import::import(args, console),
        VaultCommand::Export(args) => export::export(args, console),
    }
}
