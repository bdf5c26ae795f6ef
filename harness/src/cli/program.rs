//! The whole command line, from the process's arguments to its exit code.

use std::ffi::OsString;
use std::io::{self, BufWriter};
use std::sync::LazyLock;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use vestibule_simulator::policy::Rulebook;

use super::arguments::settings_file::SettingsFile;
use super::arguments::typed::typed_options;
use super::arguments::usage_error::with_tips;
use super::commands::attack::{AttackArgs, attack};
use super::commands::audit::{AuditArgs, audit};
use super::commands::authenticator::{AuthenticatorArgs, authenticator};
use super::commands::causes::{CausesArgs, causes};
use super::commands::check::{CheckArgs, check};
use super::commands::chromedriver_shim::{ChromeDriverShimArgs, chromedriver_shim};
use super::commands::code::{CodeArgs, code};
use super::commands::completions::{CompletionsArgs, completions};
use super::commands::config::{ConfigArgs, config};
use super::commands::diff::{DiffArgs, diff};
use super::commands::doctor::{DoctorArgs, doctor};
use super::commands::env::{EnvArgs, env};
use super::commands::explain::{ExplainArgs, explain};
use super::commands::host_rules_shim::{HostRulesShimArgs, host_rules_shim};
use super::commands::init::{InitArgs, init};
use super::commands::inspect::{InspectArgs, inspect};
use super::commands::list::{ListArgs, list};
use super::commands::man::{ManArgs, man};
use super::commands::merge::{MergeArgs, merge};
use super::commands::presets::{PresetsArgs, presets};
use super::commands::probe::{ProbeArgs, probe};
use super::commands::report::{ReportCommandArgs, report};
use super::commands::run::{RunArgs, run};
use super::commands::schema::{SchemaArgs, schema};
use super::commands::serve::{IdpArgs, ServeArgs, idp, serve};
use super::commands::snapshots::{SnapshotsArgs, snapshots};
use super::commands::survive::{SurviveArgs, survive};
use super::commands::vault::{VaultCommandArgs, vault};
use super::commands::with::{WithArgs, with};
use super::execute_run::execute_run;
use super::output::console::{ColorArg, Console, TerminalTraits};
use super::output::error::CliError;
use crate::outcome::ExitCode;
use crate::stopwatch;

/// Runs automated UI tests against the two-step, MFA-enforced login before the real org enforces it
///
/// A simulated org, a mock identity provider and a virtual authenticator, all on this machine. For testing only; not
/// affiliated with Salesforce.
#[derive(Debug, Parser)]
#[command(name = "vestibule", version, long_version = VERSION.as_str(), styles = STYLES, max_term_width = 100)]
#[command(after_help = "\
Examples:
  vestibule doctor                            check that this machine can run scenarios and suites
  vestibule init                              write a scenario, and a script that runs your suite
  vestibule survive -- npx playwright test    run your own suite through every login
  vestibule run --headed --slow-mo 1s         watch logins happen
  vestibule serve                             serve an org for your own browser

Exit codes:
  0  every case passed          3    Vestibule or the environment broke
  1  a login failed             4    nothing was selected
  2  wrong usage or scenario    130  interrupted")]
pub(crate) struct Cli {
    /// When to colour the output: auto, always or never; auto follows the terminal and NO_COLOR
    #[arg(long, global = true, value_enum, default_value_t = ColorArg::Auto, value_name = "WHEN")]
    #[arg(hide_possible_values = true, help_heading = "Output", env = "VESTIBULE_COLOR", hide_env_values = true)]
    pub color: ColorArg,

    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run scenarios in a real browser
    Run(Box<RunArgs>),
    /// Run your own suite through every login that the real org has or will have
    Survive(Box<SurviveArgs>),
    /// Run your own suite against its real org with the accounts of a vault
    ///
    /// Use it once your sandbox enforces the new login. The suite gets user names and passwords, and its browsers get the
    /// passkeys, each only for hosts that the vault names. Names resolve as usual on this machine, every certificate is
    /// verified, and nothing is recorded. Signature counters and new passkeys are stored in the vault.
    With(Box<WithArgs>),
    /// Make the reports of a run from its run.jsonl, even if the run was killed
    Report(ReportCommandArgs),
    /// Merge the runs of several machines
    Merge(MergeArgs),
    /// Compare two runs, and say whether anything got worse
    Diff(DiffArgs),
    /// Check scenario files without running them
    Check(CheckArgs),
    /// List the cases that would run
    List(ListArgs),
    /// Serve a simulated org and its identity providers
    ///
    /// Prints their URLs, the users that can sign in, and what a suite needs to connect. Passwords and TOTP secrets that
    /// you do not set are the same at each start. Ends on Ctrl-C or SIGTERM.
    Serve(Box<ServeArgs>),
    /// Serve identity providers without an org
    ///
    /// For any service provider or relying party of yours. Prints their metadata and discovery URLs and the users that can
    /// sign in. If you name no party, every party whose address is on this machine is answered, and stderr names it.
    /// Ends on Ctrl-C or SIGTERM.
    Idp(Box<IdpArgs>),
    /// Serve the TOTP codes and passkeys of a vault over HTTP, for tests in any language
    ///
    /// For tests that sign in with TOTP or WebAuthn without a browser. Answers on this machine only. Each request needs the
    /// token, and a request for a host that the vault does not name for the account is refused. Counters and new passkeys
    /// are stored in the vault. Ends on Ctrl-C or SIGTERM.
    Authenticator(Box<AuthenticatorArgs>),
    /// List the variables that a suite is given
    ///
    /// A suite that `vestibule survive` or a scenario starts finds these variables in its environment. A {template}
    /// stands for the same value in `--env`: `--env SF_URL={login-url}` sets a variable that the suite already reads.
    /// {username} means the same as {user}.
    ///
    /// In `--env`, write `{{` for a literal brace. A value that does not exist in a case, such as the TOTP secret of a
    /// user without a TOTP app, is empty. VESTIBULE_CASE marks every process of a case, so that all of them end when
    /// the case ends.
    Env(EnvArgs),
    /// Explain what the rules decide for a user on a date, and why
    ///
    /// Nothing runs; only the rulebook is read. Each rule is shown with its source and a confidence mark: OFF is the vendor's
    /// own text, V is confirmed by independent public sources, INF is inferred, SET was set by you.
    Explain(Box<ExplainArgs>),
    /// Say what a SAML response or an ID token will do at the org
    ///
    /// Reads the message as the org reads it, from whatever a tracer, a URL, a page or a log wraps it in, and says which
    /// signals are in it, the tier of each, which rule decides, and what to change at the identity provider. A signature
    /// is checked if you give its certificate or JWK set; times and audiences are not. The message itself is never printed.
    Inspect(InspectArgs),
    /// List what products send after each sign-in method, and what the org makes of it
    ///
    /// Each row is a product, a method and a protocol: what is sent and where, its tier on the day, the source, and what
    /// to change. BK marks background knowledge: compare it with a trace of your own, or make a preset file from a real
    /// response with `vestibule presets learn`.
    Presets(PresetsArgs),
    /// Send every wrong answer of an identity provider to an app of yours, and say which it accepts
    ///
    /// For any service provider or relying party: tests how it checks what it is sent. First proves that a good
    /// login works. An app counts as signed in only where --signed-in-when says so. Nothing is sent to a host that is not on
    /// this machine, unless you name it twice.
    Attack(Box<AttackArgs>),
    /// Say whose logins stop at an org, and when
    ///
    /// Reads an org over REST, and changes nothing there: who is privileged, who has which verification method, and how users
    /// and integrations log in. Then applies the rules to each login, on every day on which the rules change. Each row has its
    /// rule, its source, a confidence mark and a fix. If the token may not read something, the audit lists what stays unknown.
    /// The token comes from a file or the variable VESTIBULE_ORG_TOKEN, and goes only to the address that you name.
    ///
    /// Without an org, give a CSV of users or an sfdx-hardis report. In a users file, written like the `users` of a scenario,
    /// the audit checks the service accounts: each should be restricted to the API, have a password of at least 30 random
    /// characters and the permission "Modify All Data"; MFA for UI logins should be on, and no person should sign in with
    /// the account. No password is printed.
    Audit(Box<AuditArgs>),
    /// Sign in to your sandbox once, and say how it differs from the simulated org
    ///
    /// Use it before you trust `survive`: --output writes settings that make the simulated org look like yours. Signs in with
    /// an account of the vault, in a browser, only at hosts that the vault names for the account, and only with verified
    /// certificates. Enrols and changes nothing. Types each secret once, stops at the first refusal, and does not send a
    /// refused secret again. Compares the structure of each page, and keeps nothing that could name a user.
    Probe(Box<ProbeArgs>),
    /// Keep the accounts of your orgs in an encrypted file
    ///
    /// `with`, `probe`, `authenticator` and `code` take the accounts from there: passwords, TOTP secrets, passkeys and backup
    /// codes, by host and user name. Credentials go only to hosts that the vault names. Only `export` prints secrets.
    Vault(Box<VaultCommandArgs>),
    /// Print a TOTP code of an account in the vault
    ///
    /// The code is valid for at least 5 more seconds, or for half its period if that is shorter. No code is printed twice,
    /// even to different processes.
    Code(CodeArgs),
    /// List why logins stop, with the owner and the fix of each cause
    Causes(CausesArgs),
    /// Review, accept or prune recorded snapshots
    Snapshots(SnapshotsArgs),
    /// Write a commented scenario and a script that runs the suite of this folder
    ///
    /// Finds out how your suite is started and which variables it reads, from its lock files, configurations, scripts and
    /// sources. Where it does not find that out, it asks for the command, or writes a script that fails until you put it
    /// there.
    Init(InitArgs),
    /// Check that this machine can run scenarios and suites
    Doctor(DoctorArgs),
    /// Print the value of each option that you leave out, and where the value comes from
    Config(ConfigArgs),
    /// Print the JSON Schema of scenario files
    Schema(SchemaArgs),
    /// Print the completion script of a shell
    Completions(CompletionsArgs),
    /// Write the man pages, for packages
    #[command(hide = true)]
    Man(ManArgs),
    /// Answer as ChromeDriver on a port that leads to a WebDriver endpoint
    #[command(name = "chromedriver-shim", hide = true)]
    ChromeDriverShim(ChromeDriverShimArgs),
    /// Print the host rules of a suite that lead nobody to a real org
    #[command(name = "host-rules-shim", hide = true)]
    HostRulesShim(HostRulesShimArgs),
}

/// Parses a command line, which begins with the program, without a file of settings.
#[cfg(test)]
pub(crate) fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    parse_with(&words.into_iter().collect::<Vec<_>>(), Cli::command())
}

/// Parses a command line, which begins with the program, for this program and its defaults. Help and version are answered by
/// an error too.
fn parse_with(words: &[OsString], program: clap::Command) -> Result<Cli, clap::Error> {
    let refused = |error: clap::Error| match error.use_stderr() {
        true => with_tips(error, &mut Cli::command(), words),
        false => error,
    };
    let matches = program.try_get_matches_from(words).map_err(refused)?;
    let mut cli = Cli::from_arg_matches(&matches).map_err(refused)?;
    if let (Command::Survive(args), Some((name, matches))) = (&mut cli.command, matches.subcommand()) {
        let command = Cli::command();
        let survive = command.find_subcommand(name);
        args.typed =
            survive.map(|survive| typed_options(survive, matches, SurviveArgs::NOT_REPEATED)).unwrap_or_default();
    }
    Ok(cli)
}

/// Runs the program and returns its exit code.
pub fn main(args: impl IntoIterator<Item = OsString>) -> u8 {
    let words: Vec<OsString> = args.into_iter().collect();
    let parsed = with_settings(&words);
    let (mut out, mut err) = (BufWriter::new(io::stdout()), io::stderr());
    let color = parsed.as_ref().ok().and_then(|parsed| parsed.as_ref().ok()).map_or(ColorArg::Auto, |cli| cli.color);
    let mut console = Console::new(&mut out, &mut err, TerminalTraits::detect(color));
    let command = match parsed {
        Ok(Ok(cli)) => Ok(cli.command),
        // Help and version go to stdout, usage errors to stderr. A closed pipe is not a failure.
        Ok(Err(answer)) => {
            let _closed = answer.print();
            return u8::try_from(answer.exit_code()).unwrap_or(ExitCode::Usage.into());
        }
        Err(mistake) => Err(mistake),
    };

    let result = command.and_then(|command| dispatch(command, &mut console)).and_then(|code| {
        CliError::unless_reader_gone(console.out.flush())?;
        Ok(code)
    });
    match result {
        Ok(code) => code.into(),
        Err(error) => {
            // What was written before it is also read before it.
            let _closed = console.out.flush();
            let _closed = error.write(&mut console);
            error.code().into()
        }
    }
}

/// Parses the command line with `vestibule.toml`, where there is one. Help, and what helps to write that file, needs none.
///
/// # Errors
/// If that file cannot be read; inside, if the command line is wrong.
fn with_settings(words: &[OsString]) -> Result<Result<Cli, clap::Error>, CliError> {
    let alone = parse_with(words, Cli::command());
    let needs_none = match &alone {
        Ok(cli) => match &cli.command {
            Command::Config(args) => args.schema,
            Command::Schema(_) | Command::Completions(_) | Command::Man(_) | Command::ChromeDriverShim(_) => true,
            _ => false,
        },
        Err(answer) => !answer.use_stderr(),
    };
    if needs_none {
        return Ok(alone);
    }
    Ok(match SettingsFile::find(Cli::command)? {
        Some(file) => parse_with(words, file.applied_to(Cli::command())),
        None => alone,
    })
}

/// Runs one command.
pub(crate) fn dispatch(command: Command, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    match command {
        Command::Run(args) => run(&args, console),
        Command::Survive(args) => {
            survive(&args, stopwatch::today(), console, |options, cases, sink| execute_run(options, cases, None, sink))
        }
        Command::With(args) => with(&args, console),
        Command::Report(args) => report(&args, console),
        Command::Merge(args) => merge(&args, console),
        Command::Diff(args) => diff(&args, console),
        Command::Check(args) => check(&args, console),
        Command::List(args) => list(&args, console),
        Command::Explain(args) => explain(&args, stopwatch::today(), console),
        Command::Attack(args) => attack(&args, stopwatch::today(), console),
        Command::Inspect(args) => inspect(&args, stopwatch::today(), console),
        Command::Presets(args) => presets(&args, stopwatch::today(), console),
        Command::Audit(args) => audit(&args, stopwatch::today(), console),
        Command::Probe(args) => probe(&args, stopwatch::today(), console),
        Command::Authenticator(args) => authenticator(&args, console),
        Command::Vault(args) => vault(&args, console),
        Command::Code(args) => code(&args, stopwatch::now, std::thread::sleep, console),
        Command::Causes(args) => causes(&args, console),
        Command::Env(args) => env(&args, console),
        Command::Serve(args) => serve(&args, console),
        Command::Idp(args) => idp(&args, console),
        Command::Snapshots(args) => snapshots(&args, console),
        Command::Init(args) => init(&args, console),
        Command::Doctor(args) => doctor(&args, console),
        Command::Config(args) => config(&args, &Cli::command(), console),
        Command::Schema(args) => schema(&args, console),
        Command::Completions(args) => completions(&args, Cli::command(), console),
        Command::Man(args) => man(&args, Cli::command(), console),
        Command::ChromeDriverShim(args) => chromedriver_shim(&args, console),
        Command::HostRulesShim(args) => host_rules_shim(args, console),
    }
}

/// What a report of a fault must say, for `--version`. `-V` is the number alone.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let commit = option_env!("VESTIBULE_COMMIT").map(|commit| format!("\ncommit {commit}")).unwrap_or_default();
    let rulebook = Rulebook::names().pop().unwrap_or_default();
    format!("{}{commit}\nrulebook {rulebook}", env!("CARGO_PKG_VERSION"))
});

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());
