//! `vestibule with`: runs a suite against its real org with the accounts of a vault.

use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use vestibule_model::{Secret, with_causes};

use crate::cli::arguments::suite::{DriverArgs, check_mapping, check_program};
use crate::cli::arguments::vault::VaultArgs;
use crate::cli::foreground;
use crate::cli::interrupt::StopSignals;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::warning::warn;
use crate::cli::runtime;
use crate::outcome::{Exit, ExitCode};
use crate::report::plural;
use crate::runner::{Access, Broken};
use crate::suite::{Mapping, Variables};
use crate::vault::Account;

mod accounts;
mod keeper;
#[cfg(test)]
mod tests;

use keeper::{Kept, VaultKeeper};

/// Run your suite against its real org with the accounts of a vault
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule with --vault team.age -- npx playwright test
  vestibule with --account \"$SF_USER\" --env SF_PASS={password} -- pytest
  vestibule with --give totp-secret --env SF_TOTP={totp-secret} -- npx wdio run wdio.conf.js
  vestibule with -- sh -c 'vestibule code \"$VESTIBULE_USERNAME\" --wait'    a code, as a suite asks for one
  vestibule with --host acme--uat.sandbox.my.salesforce.com -- bash      only the accounts of this host

Exit codes:
  that of the command, or 128 plus the number of the signal that ended it
  2  wrong usage, an account or host that is not in the vault, or a production org without --production
  3  Vestibule or the environment broke")]
pub(crate) struct WithArgs {
    /// User name of an account; may be repeated. The first account has the variables without a key [default: every account]
    #[arg(long = "account", value_name = "USER", help_heading = "Accounts")]
    accounts: Vec<String>,

    /// Only accounts whose credentials may go to this host
    #[arg(long, value_name = "HOST", help_heading = "Accounts")]
    host: Option<String>,

    /// Allow accounts of production orgs
    #[arg(long, help_heading = "Accounts")]
    production: bool,

    #[command(flatten)]
    vault: VaultArgs,

    /// Set a variable that the suite reads; templates such as `{user}` and `{password}` are filled in; may be repeated
    #[arg(long, value_name = "NAME={TEMPLATE}", help_heading = "Your suite")]
    env: Vec<Mapping>,

    /// Also give this to the suite, if it cannot run `vestibule code`; may be repeated
    #[arg(long = "give", value_name = "WHAT", value_enum, help_heading = "Your suite")]
    handed: Vec<Handed>,

    #[command(flatten)]
    driver: DriverArgs,

    /// The command, after `--`; no shell
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// What a suite is handed only on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Handed {
    /// The secrets of TOTP apps
    TotpSecret,
}

/// Runs the command until it ends. Each of its browsers has the passkeys of the accounts.
///
/// # Errors
/// If an account is not the vault's, or is one of production without leave to use it; if there is no browser, the command
/// cannot be started, or a passkey cannot be kept.
pub(crate) fn with(args: &WithArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    if args.command.is_empty() {
        return Err(CliError::usage("your command is missing: write it after `--`").hint(EXAMPLE));
    }
    check_program(&args.command)?;
    let file = args.vault.open(console)?;
    let accounts = accounts::chosen(&file.read()?, &args.accounts, args.host.as_deref())?;
    if !args.production {
        accounts::refuse_production(&accounts)?;
    }
    let variables = args.variables(&accounts)?;
    for (account, rp_id) in accounts::withheld(&accounts) {
        let (username, host) = (&account.username, &account.host);
        let text = format!(
            "no browser gets the passkey of {username} for {rp_id}: the vault names {host} for this account, but not {rp_id}"
        );
        warn(&text, console)?;
    }
    let server = args.driver.options().webdriver.filter(accounts::is_in_the_clear);
    if let Some(server) =
        server.filter(|_| accounts.iter().any(|account| accounts::for_browsers(account).next().is_some()))
    {
        let text = format!(
            "the private keys of the passkeys go to {} by plain HTTP, which others on the network can read: name it by https",
            server.host_str().unwrap_or_default()
        );
        warn(&text, console)?;
    }
    CliError::unless_reader_gone(writeln!(console.err, "{}", accounts::summary(&accounts, &args.handed)))?;
    let keeper = Arc::new(VaultKeeper::new(file, &accounts));
    let exit = runtime::start()?.block_on(args.run(variables, &keeper))?;
    let code = ExitCode::OfCommand(code_of(exit));
    told(exit, keeper.kept(), console)?;
    Ok(code)
}

impl WithArgs {
    /// The variables of the suite.
    fn variables(&self, accounts: &[Account]) -> Result<Variables, CliError> {
        let users = accounts::users(accounts, &self.handed)?;
        let keys: Vec<String> = users.iter().map(|user| user.key.clone()).collect();
        for mapping in &self.env {
            check_mapping(mapping, &keys)?;
        }
        let target = accounts.first().map(accounts::target).unwrap_or_default();
        let mut variables = Variables::new(&target, &users, &self.env)
            .map_err(|error| CliError::usage(format!("{}; nothing ran", with_causes(&error))))?;
        let of_suite = |name: &str| self.env.iter().any(|mapping| mapping.name == name);
        let missing = variables.without_value().into_iter();
        let missing = missing.filter(|(name, template)| of_suite(name) && !SET_LATER.contains(&template.as_str()));
        if let Some((name, template)) = missing.into_iter().next() {
            return Err(without_value(&name, &template));
        }
        // `vestibule code` in the suite opens the same vault.
        for (name, file) in self.vault.files() {
            let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
            variables.set(name, Secret::new(file.display().to_string()));
        }
        Ok(variables)
    }

    async fn run(&self, variables: Variables, keeper: &Arc<VaultKeeper>) -> Result<Exit, CliError> {
        let mut signals = StopSignals::listen()?;
        let not_opened = |error: Broken| CliError::failed_to(&error, ExitCode::Broken).hint_if(error.diagnostic().hint);
        let keeper = Arc::clone(keeper);
        let access = Access::as_is(&self.command, variables, keeper, &self.driver.options()).await;
        let access = access.map_err(not_opened)?;
        let mut process = foreground::start(access.launch())?;
        let exit = foreground::exited(&mut process, &mut signals).await;
        // A browser that the suite left running would keep the passkeys.
        process.end_rest(GRACE).await;
        access.close().await;
        Ok(exit)
    }
}

/// Says how the command ended and what became of the passkeys, in one line.
fn told(exit: Exit, kept: Kept, console: &mut Console<'_>) -> Result<(), CliError> {
    let Kept { authenticators, made, unclaimed, failure } = kept;
    for rp_id in unclaimed {
        let text = format!(
            "a new passkey for {rp_id} is lost, because it could belong to several accounts; remove the passkey in the org, \
             and run again with one `--account`"
        );
        warn(&text, console)?;
    }
    let ended = match exit {
        Exit::Signal(signal) => format!("signal {signal} ended the command"),
        exit => format!("the command exited with {}", code_of(exit)),
    };
    let windows = plural(usize::try_from(authenticators).unwrap_or(usize::MAX), "window");
    let made = if made == 0 { String::new() } else { format!("; {} made, now in the vault", plural(made, "passkey")) };
    CliError::unless_reader_gone(writeln!(console.err, "{ended}; {windows} held the passkeys{made}"))?;
    match failure {
        Some(failure) => Err(CliError::failed_to(&failure, ExitCode::Broken).hint_if(failure.remedy())),
        None => Ok(()),
    }
}

/// As shells tell it.
fn code_of(exit: Exit) -> u8 {
    match exit {
        Exit::Code(code) => u8::try_from(code).unwrap_or(u8::MAX),
        Exit::Signal(signal) => u8::try_from(signal).map_or(u8::MAX, |signal| signal.saturating_add(128)),
        Exit::EndedAfterVerdict | Exit::OutOfTime => ExitCode::Broken.into(),
    }
}

fn without_value(name: &str, template: &str) -> CliError {
    let error = CliError::usage(format!("`--env {name}={{{template}}}`: there is no `{template}` here; nothing ran"));
    if template.starts_with("totp-") {
        let hint = "let the suite run `vestibule code USER`, or give it the secret with `--give totp-secret`";
        return error.hint(hint);
    }
    error.hint("the vault gives user names and passwords, and the host of the account gives the addresses")
}

/// Templates whose values are known once the endpoint runs.
const SET_LATER: [&str; 2] = ["webdriver-url", "browser-path"];
/// How long what the command left running may take to end.
const GRACE: Duration = Duration::from_secs(2);
const EXAMPLE: &str = "vestibule with --env SF_USERNAME={user} --env SF_PASSWORD={password} -- pytest -x\n`vestibule env` explains the templates";
