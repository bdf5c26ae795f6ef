//! `vestibule vault add`: an account, or what an account has.

use std::io::{self, Read as _};
use std::path::PathBuf;

use clap::Args;
use vestibule_model::{Secret, TotpKey, TotpSecretFault};

use super::text::holdings;
use crate::cli::arguments::vault::{VaultArgs, ask, read_secret_file, variable};
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::vault::{Account, Totp, host_name};

#[derive(Debug, Args)]
pub(super) struct AddArgs {
    /// The org's My Domain host or login host; the credentials go only there
    #[arg(value_name = "HOST")]
    host: String,
    /// The user name
    #[arg(value_name = "USER")]
    user: String,
    /// The password: prompt, -, env:NAME or file:PATH
    #[arg(long, value_name = "SOURCE", value_parser = unshown, help_heading = "Account")]
    password: Option<Secret>,
    /// The TOTP secret in base32, or its otpauth URI: prompt, -, env:NAME or file:PATH
    #[arg(long, value_name = "SOURCE", value_parser = unshown, help_heading = "Account")]
    totp: Option<Secret>,
    /// Backup codes, separated by blanks, commas or line ends: prompt, -, env:NAME or file:PATH
    #[arg(long, value_name = "SOURCE", value_parser = unshown, help_heading = "Account")]
    backup_codes: Option<Secret>,
    /// A further host that the credentials may go to, such as the identity provider's; may be repeated
    #[arg(long = "also", value_name = "HOST", help_heading = "Account")]
    also: Vec<String>,
    #[command(flatten)]
    vault: VaultArgs,
}

/// Adds the account.
///
/// # Errors
/// If a secret cannot be read, or the vault cannot be written.
pub(super) fn add(args: &AddArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let mut account = Account::new(&args.host, args.user.trim()).map_err(CliError::usage)?;
    account.also = args.also.iter().map(|host| host_name(host)).collect::<Result<_, _>>().map_err(CliError::usage)?;
    let source = |name, typed: &Option<Secret>| typed.as_ref().map(|typed| Source::of(name, typed)).transpose();
    let password = source("password", &args.password)?;
    let totp = source("totp", &args.totp)?;
    let backup_codes = source("backup-codes", &args.backup_codes)?;
    let of_stdin = |source: &&Source| matches!(source.place, Place::Stdin);
    if [&password, &totp, &backup_codes].into_iter().flatten().filter(of_stdin).count() > 1 {
        return Err(CliError::usage("stdin holds only one secret").hint("give the others by `env:NAME` or `file:PATH`"));
    }
    let file = args.vault.open(console)?;
    if let Some(source) = password {
        account.password = Some(source.read(&account, console)?);
    }
    if let Some(source) = totp {
        account.totp = Some(Totp::new(totp_key(&source.read(&account, console)?)?));
    }
    if let Some(source) = backup_codes {
        account.backup_codes = codes(&source.read(&account, console)?);
    }
    let held = file.update(|vault| {
        let (username, host) = (account.username.clone(), account.host.clone());
        vault.insert(account);
        vault.find(&username, Some(&host)).map(holdings)
    })?;
    writeln!(console.err, "{} at {} has {held}", args.user.trim(), args.host)?;
    Ok(ExitCode::Passed)
}

/// Where the secret of an option comes from.
struct Source {
    /// The option, without its dashes.
    option: &'static str,
    place: Place,
}

enum Place {
    Prompt,
    Stdin,
    Variable(String),
    File(PathBuf),
}

impl Source {
    /// What was typed may be the secret itself, so it is not repeated.
    fn of(option: &'static str, typed: &Secret) -> Result<Self, CliError> {
        let place = match (typed.reveal(), typed.reveal().split_once(':')) {
            ("prompt", _) => Place::Prompt,
            ("-", _) => Place::Stdin,
            (_, Some(("env", name))) if !name.is_empty() => Place::Variable(name.to_owned()),
            (_, Some(("file", path))) if !path.is_empty() => Place::File(path.into()),
            _ => {
                let message = format!("--{option} takes the source of the secret, and not the secret itself");
                return Err(CliError::usage(message).hint(
                    "write prompt, -, env:NAME or file:PATH; if it was the secret, change it: the shell's history has it",
                ));
            }
        };
        Ok(Self { option, place })
    }

    /// The secret, without the line end that editors put behind it.
    fn read(&self, account: &Account, console: &mut Console<'_>) -> Result<Secret, CliError> {
        let Self { option, place } = self;
        let secret = match place {
            Place::Prompt => ask(&format!("{option} of {} at {}", account.username, account.host), console)?,
            Place::Stdin => {
                let mut text = String::new();
                let read = io::stdin().lock().take(MOST_BYTES).read_to_string(&mut text);
                read.map_err(|error| CliError::usage(format!("failed to read stdin: {error}")))?;
                Secret::new(text)
            }
            Place::Variable(name) => {
                let unset = || CliError::usage(format!("--{option}: {name} is not set, or is empty"));
                variable(name)?.ok_or_else(unset)?
            }
            Place::File(path) => read_secret_file(path)?,
        };
        let text = secret.reveal();
        let text = text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text));
        if text.is_empty() {
            Err(CliError::usage(format!("--{option}: the secret is empty")))
        } else {
            Ok(Secret::new(text))
        }
    }
}

fn totp_key(secret: &Secret) -> Result<TotpKey, CliError> {
    secret.reveal().trim().parse().map_err(|fault: TotpSecretFault| CliError::usage(format!("--totp: {fault}")))
}

fn codes(secret: &Secret) -> Vec<Secret> {
    let codes = secret.reveal().split(|char: char| char.is_whitespace() || char == ',');
    codes.filter(|code| !code.is_empty()).map(Secret::new).collect()
}

/// Keeps what was typed from being shown: it may be the secret itself.
fn unshown(typed: &str) -> Result<Secret, String> {
    Ok(Secret::new(typed))
}

/// Far more than any secret.
const MOST_BYTES: u64 = 1024 * 1024;
