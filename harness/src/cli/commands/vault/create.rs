//! `vestibule vault create`: an empty vault.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use vestibule_model::Secret;

use crate::cli::arguments::vault::{VaultArgs, ask};
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::vault::{VaultError, VaultFile, VaultKey, parse_recipient};

#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    #[command(flatten)]
    vault: VaultArgs,
    /// Make a new age identity, write it to this file and encrypt the vault for it
    #[arg(long, value_name = "FILE", conflicts_with = "vault_identity", help_heading = "Vault")]
    new_identity: Option<PathBuf>,
    /// Let the owner of this age public key open the vault too; may be repeated, and needs an identity
    #[arg(long = "recipient", value_name = "AGE1…", help_heading = "Vault")]
    recipients: Vec<String>,
}

/// Makes the vault.
///
/// # Errors
/// If there is a file already, or it cannot be written.
pub(super) fn create(args: &CreateArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let path = args.vault.path()?;
    if path.exists() {
        return Err(VaultError::Exists(path).into());
    }
    let recipients: Vec<String> = args
        .recipients
        .iter()
        .map(|recipient| parse_recipient(recipient).map(|recipient| recipient.to_string()))
        .collect::<Result<_, _>>()?;
    let key = key(args, console)?;
    if matches!(key, VaultKey::Passphrase(_)) && !recipients.is_empty() {
        return Err(CliError::usage("a vault with a passphrase has no recipients")
            .hint("encrypt it for an identity: `--identity FILE`, or `--new-identity FILE`"));
    }
    let file = VaultFile::create(path, key)?;
    if !recipients.is_empty() {
        file.update(|vault| {
            recipients.into_iter().for_each(|recipient| vault.add_recipient(recipient));
            Ok(())
        })?;
    }
    writeln!(console.err, "created {}", file.path().display())?;
    Ok(ExitCode::Passed)
}

fn key(args: &CreateArgs, console: &mut Console<'_>) -> Result<VaultKey, CliError> {
    if let Some(file) = &args.new_identity {
        let (key, text, recipient) = VaultKey::generate();
        write_identity(file, &text, &recipient)?;
        writeln!(console.err, "wrote the identity to {}; keep it secret, and keep a copy", file.display())?;
        writeln!(console.err, "its public key is {recipient}")?;
        return Ok(key);
    }
    if let Some(key) = args.vault.given_key()? {
        return Ok(key);
    }
    let passphrase = ask("New passphrase", console)?;
    if ask("Repeat the passphrase", console)? == passphrase {
        Ok(VaultKey::Passphrase(passphrase))
    } else {
        Err(CliError::usage("the two passphrases differ; nothing was created"))
    }
}

/// Writes the file as `age-keygen` does.
fn write_identity(file: &Path, text: &Secret, recipient: &str) -> Result<(), CliError> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let written = opened.and_then(|mut opened| {
        opened.write_all(format!("# public key: {recipient}\n{}\n", text.reveal()).as_bytes())?;
        opened.sync_all()
    });
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => CliError::usage(format!("{}: the file already exists", file.display()))
            .hint("use the identity in it with `--identity`, or name another file"),
        _ => CliError::broken(format!("failed to write {}: {error}", file.display())),
    })
}
