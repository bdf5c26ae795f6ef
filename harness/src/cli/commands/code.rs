//! `vestibule code`: a TOTP code of an account in the vault.

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::authenticator::CodePlan;
use crate::cli::arguments::vault::VaultArgs;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::vault::{GOOD_FOR, VaultFile, next_code};

#[cfg(test)]
mod tests;

/// Print a TOTP code of an account in the vault
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule code rep@acme.example.uat              the code, or exit code 1 and how long to wait
  vestibule code rep@acme.example.uat --wait       waits for the next one
  vestibule code rep --host acme.my.salesforce.com --json

Exit codes:
  0  the code was printed
  1  no code can be printed yet: the last one was printed already, or expires too soon
  2  wrong usage, a wrong key, or no such account
  3  the vault cannot be read or written")]
pub(crate) struct CodeArgs {
    /// The user name
    #[arg(value_name = "USER")]
    user: String,
    /// The host, if the user has accounts at several
    #[arg(long, value_name = "HOST", help_heading = "Filter")]
    host: Option<String>,
    /// Wait until there is a code
    #[arg(long)]
    wait: bool,
    /// Print JSON: the code, and the end of its validity
    #[arg(long, help_heading = "Output")]
    json: bool,
    #[command(flatten)]
    vault: VaultArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Printed<'a> {
    code: &'a str,
    counts_until: Timestamp,
}

/// There is no code yet. Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
#[error(
    "print a code of `{user}` now: the last one was printed already, or is valid for less than {} s",
    GOOD_FOR.as_secs()
)]
struct NotYet<'a> {
    user: &'a str,
}

/// Runs the command. `now` and `wait` are the clock.
///
/// # Errors
/// If the vault cannot be used, has no such account, or there is no code yet.
pub(crate) fn code(
    args: &CodeArgs,
    now: impl Fn() -> Timestamp,
    wait: impl Fn(Duration),
    console: &mut Console<'_>,
) -> Result<ExitCode, CliError> {
    let file = args.vault.open(console)?;
    loop {
        match next_code(&file, &args.user, args.host.as_deref(), now())? {
            CodePlan::Ready { code, step } => {
                if args.json {
                    let counts_until = counts_until(args, &file, step)?;
                    console.out.json_line(&Printed { code: code.reveal(), counts_until })?;
                } else {
                    writeln!(console.out, "{}", code.reveal())?;
                }
                return Ok(ExitCode::Passed);
            }
            CodePlan::WaitUntil(until) => {
                let left = Duration::try_from(until.duration_since(now())).unwrap_or_default();
                let seconds = left.as_millis().div_ceil(1000);
                if !args.wait {
                    return Err(CliError::failed_to(&NotYet { user: &args.user }, ExitCode::Failed)
                        .hint(format!("wait {seconds} s, until {until}, or add `--wait`")));
                }
                writeln!(console.err, "waiting {seconds} s for the next code")?;
                wait(left);
            }
        }
    }
}

fn counts_until(args: &CodeArgs, file: &VaultFile, step: u64) -> Result<Timestamp, CliError> {
    let vault = file.read()?;
    let account = vault.find(&args.user, args.host.as_deref())?;
    let generator = account.totp.as_ref().map(|totp| totp.generator().map_err(crate::vault::VaultError::from));
    let until = generator.transpose()?.map(|generator| generator.start_of(step.saturating_add(1)));
    Ok(until.unwrap_or(Timestamp::MAX))
}
