//! `vestibule vault export`: accounts in a file of another program.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use vestibule_model::Secret;

use crate::cli::arguments::value_parsers::word;
use crate::cli::arguments::vault::VaultArgs;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::warning::warn;
use crate::outcome::ExitCode;
use crate::vault::formats::{ExportError, Format};
use crate::vault::{Account, Vault};

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// bitwarden-csv, 1password-csv, otpauth, browserforce, playwright or virtual-authenticator
    #[arg(long, value_name = "FORMAT", value_parser = word::<Format>)]
    format: Format,
    /// Only this user
    #[arg(long, value_name = "USER", help_heading = "Filter")]
    user: Option<String>,
    /// Only accounts of this host
    #[arg(long, value_name = "HOST", help_heading = "Filter")]
    host: Option<String>,
    /// Write to this new file, which only you can read [default: stdout]
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    #[command(flatten)]
    vault: VaultArgs,
}

/// Exports the accounts.
///
/// # Errors
/// If there is no such account, the format holds nothing of it, or the file cannot be written.
pub(super) fn export(args: &ExportArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let vault = args.vault.open(console)?.read()?;
    let accounts = selected(args, &vault)?;
    let exported = args.format.write(&accounts).map_err(|error| refused(&error))?;
    match &args.output {
        None => write!(console.out, "{}", exported.text.reveal())?,
        Some(file) => {
            write_new(file, &exported.text)?;
            writeln!(console.err, "wrote {}", file.display())?;
        }
    }
    if !exported.lost.is_empty() {
        warn(&format!("{} does not hold everything; left out: {}", args.format, exported.lost.join(", ")), console)?;
    }
    let place = args.output.as_ref().map_or_else(|| "what was printed".to_owned(), |file| file.display().to_string());
    warn(&format!("{place} is not encrypted: everybody who reads it can sign in"), console)?;
    Ok(ExitCode::Passed)
}

fn selected<'a>(args: &ExportArgs, vault: &'a Vault) -> Result<Vec<&'a Account>, CliError> {
    let host = args.host.as_deref().map(|host| vault.own_host(host)).transpose()?;
    if let Some(user) = &args.user {
        return Ok(vec![vault.find(user, host.as_deref())?]);
    }
    let fits = |account: &&Account| host.as_deref().is_none_or(|host| account.may_use(host));
    let accounts: Vec<&Account> = vault.accounts().iter().filter(fits).collect();
    if accounts.is_empty() { Err(CliError::nothing_selected("the vault has no account")) } else { Ok(accounts) }
}

fn refused(error: &ExportError) -> CliError {
    let code = match error {
        ExportError::Nothing(_) => ExitCode::NothingSelected,
        _ => ExitCode::Usage,
    };
    CliError::failed_to(error, code).hint_if(error.remedy())
}

fn write_new(file: &Path, text: &Secret) -> Result<(), CliError> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    opened.and_then(|mut opened| opened.write_all(text.reveal().as_bytes())).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            CliError::usage(format!("{}: the file already exists", file.display())).hint("name a new file")
        }
        _ => CliError::broken(format!("failed to write {}: {error}", file.display())),
    })
}
