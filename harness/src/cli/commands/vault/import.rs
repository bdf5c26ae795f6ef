//! `vestibule vault import`: accounts from a file of another program.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::PathBuf;

use clap::Args;

use super::text::holdings;
use crate::cli::arguments::value_parsers::word;
use crate::cli::arguments::vault::VaultArgs;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::warning::warn;
use crate::outcome::ExitCode;
use crate::vault::formats::{Format, FormatError, Placement};

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// The file; - reads stdin
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
    /// Its format [default: recognised by its content]
    #[arg(long, value_name = "FORMAT", value_parser = word::<Format>)]
    format: Option<Format>,
    /// The host of accounts for which the file names none
    #[arg(long, value_name = "HOST", help_heading = "Account")]
    host: Option<String>,
    /// The user of passkeys, and of accounts for which the file names none
    #[arg(long, value_name = "USER", help_heading = "Account")]
    user: Option<String>,
    /// Only accounts of this host, or of hosts below it; may be repeated
    #[arg(long = "only", value_name = "HOST", help_heading = "Filter")]
    only: Vec<String>,
    #[command(flatten)]
    vault: VaultArgs,
}

/// Imports the accounts.
///
/// # Errors
/// If the file has a mistake, in which case nothing is imported, or the vault cannot be written.
pub(super) fn import(args: &ImportArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let placement = Placement::new(args.host.as_deref(), args.user.as_deref(), &args.only).map_err(CliError::usage)?;
    let (name, bytes) = read(args)?;
    let format = args.format.map_or_else(|| Format::of(&name, &bytes), Ok).map_err(refused)?;
    let records = format.read(&name, &bytes).map_err(refused)?;
    let file = args.vault.open(console)?;
    let known = file.read()?;
    let (accounts, left_out) = placement.accounts(&name, records, &known).map_err(refused)?;
    if accounts.is_empty() {
        let why = if left_out > 0 { "; all of its accounts are of other hosts" } else { "" };
        return Err(CliError::nothing_selected(format!("{name} has no account to import{why}")));
    }
    let number = accounts.len();
    let written = file.update(|vault| {
        let names: Vec<(String, String)> =
            accounts.iter().map(|account| (account.username.clone(), account.host.clone())).collect();
        accounts.into_iter().for_each(|account| vault.insert(account));
        let line = |(user, host): (String, String)| {
            vault.find(&user, Some(&host)).map(|account| format!("{user} at {host} has {}", holdings(account)))
        };
        names.into_iter().map(line).collect::<Result<Vec<String>, _>>()
    })?;
    for line in written {
        writeln!(console.out, "{line}")?;
    }
    let others = if left_out > 0 { format!("; {left_out} of other hosts were left out") } else { String::new() };
    writeln!(console.err, "imported {number} as {format}{others}")?;
    if args.file.as_os_str() != "-" {
        warn(&format!("{name} is not encrypted: delete it when you no longer need it"), console)?;
    }
    Ok(ExitCode::Passed)
}

fn read(args: &ImportArgs) -> Result<(String, Vec<u8>), CliError> {
    let is_stdin = args.file.as_os_str() == "-";
    let name = if is_stdin { "stdin".to_owned() } else { args.file.display().to_string() };
    let mut bytes = Vec::new();
    let read = if is_stdin {
        io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes)
    } else {
        File::open(&args.file).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| CliError::usage(format!("failed to read {name}: {error}")))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MOST_BYTES) {
        return Err(CliError::usage(format!("{name} is larger than {MOST_BYTES} bytes")));
    }
    Ok((name, bytes))
}

fn refused(error: FormatError) -> CliError {
    CliError::usage(format!("failed to {error}; nothing was imported")).hint(error.valid)
}

/// Far more than an export of a password manager.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
