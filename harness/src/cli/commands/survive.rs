//! `vestibule survive`: runs the user's own suite in every login condition.

mod applies;
mod conditions;
mod list;
#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::FalseyValueParser;
use jiff::civil::Date;
use vestibule_model::OrgKind;

use crate::cli::arguments::org_like::LikeArgs;
use crate::cli::arguments::org_setting::{OrgSetting, org_with};
use crate::cli::arguments::report_files::ReportArgs;
use crate::cli::arguments::suite::{DriverArgs, SuiteArgs, check_cases};
use crate::cli::arguments::users_file;
use crate::cli::arguments::value_parsers::{at_least_one, at_least_zero, date, time_limit, word};
use crate::cli::event_loop::{Following, follow};
use crate::cli::hold_case::hold_case;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::{ExitCode, RunEvent};
use crate::report::{self, Progress, plural};
use crate::runner::RunOptions;
use crate::scenario::{Case, OrgChange};
use crate::suite::SuiteOptions;
use conditions::{Conditions, OwnOrg, Sources};

/// Run your own suite through every login that the real org has or will have
///
/// Your command runs once for each condition, against a simulated org in that condition. The verdict depends on the
/// exit code and on whether the users are signed in at the org.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  vestibule survive --env SF_URL={login-url} --env SF_USERNAME={user} --env SF_PASSWORD={password} -- pytest -x
  vestibule survive --condition two-step --condition passkey-gate-hard -- npx playwright test
  vestibule survive --date 2026-07-06 --users users.yaml --json -- robot login.robot
  vestibule survive --org-kind production --set device-activation=true -- npx playwright test
  vestibule survive --like org.yaml -- npx playwright test    an org that looks like yours
  vestibule survive --add-conditions our-org.yaml -- npx wdio run wdio.conf.js
  vestibule survive -c passkey-gate-hard --hold -- bash    a shell in a condition, with everything exported
  vestibule survive --list                    the conditions with their dates and owners

Exit codes:
  0  no applicable condition needs a fix in the suite   3    Vestibule or the environment broke
  1  an applicable condition needs a fix in the suite   4    no condition is selected
  2  wrong usage, users file or condition               130  interrupted
With --hold: 0 if the command exited with 0, 1 if with another code, 3 if it cannot be started")]
pub(crate) struct SurviveArgs {
    /// The options to repeat, as they were typed.
    #[arg(skip)]
    pub(crate) typed: Vec<String>,

    /// The command, after `--`; no shell
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,

    /// Only this condition; may be repeated
    #[arg(short = 'c', long = "condition", value_name = "NAME", value_delimiter = ',', help_heading = "Filter")]
    names: Vec<String>,

    /// Files and folders with your own conditions, instead of the built-in ones
    #[arg(long, value_name = "PATH", help_heading = "Filter")]
    conditions: Vec<PathBuf>,

    /// Files and folders with your own conditions, in addition to the others
    #[arg(long, value_name = "PATH", help_heading = "Filter")]
    add_conditions: Vec<PathBuf>,

    /// The date for which the conditions are judged [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date, help_heading = "Filter")]
    date: Option<Date>,

    /// Print the conditions with their dates and owners, and run nothing
    #[arg(long, help_heading = "Filter")]
    list: bool,

    /// The users of your suite, written like `users` of a scenario
    #[arg(long, value_name = "FILE", help_heading = "Your suite")]
    users: Option<PathBuf>,

    /// The kind of your own org, instead of the kind that each condition names: production, sandbox, trial, converted-trial,
    /// scratch, developer-edition, partner-developer-edition or trailhead-playground
    ///
    /// Each kind has its own dates: what is in force, since when, and what the org decides follow from it. A condition about a
    /// sandbox that was renamed or refreshed stays one.
    #[arg(long, value_name = "KIND", value_parser = word::<OrgKind>, help_heading = "Your suite")]
    #[arg(env = "VESTIBULE_ORG_KIND", hide_env_values = true)]
    org_kind: Option<OrgKind>,

    /// A setting of your own org, as under `org` of a scenario: device-activation=true, methods=totp+passkey (repeatable)
    ///
    /// Every condition takes it, but for those that set it themselves, such as `gate` in the conditions of the gate: these are
    /// named.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting, help_heading = "Your suite")]
    settings: Vec<OrgSetting>,

    #[command(flatten)]
    like: LikeArgs,

    #[command(flatten)]
    suite: SuiteArgs,

    /// How many conditions run in parallel; above 1, each copy of the suite works in an overlay of the folder, or they run
    /// one at a time where that is not possible [default: 1]
    #[arg(long, value_name = "N", value_parser = at_least_one::<NonZeroUsize>, allow_negative_numbers = true)]
    #[arg(help_heading = "Run", env = "VESTIBULE_WORKERS", hide_env_values = true)]
    workers: Option<NonZeroUsize>,

    /// Run a suite that stopped up to N times more in that condition, alone; a condition that it then survives is listed as
    /// flaky
    #[arg(long, value_name = "N", value_parser = at_least_zero::<u32>, allow_negative_numbers = true)]
    #[arg(default_value_t = 0, help_heading = "Run", env = "VESTIBULE_RETRIES", hide_env_values = true)]
    retries: u32,

    /// Only hold the one condition of `-c` open while the command runs, with your terminal connected: nothing is judged or
    /// ended
    #[arg(long, help_heading = "Run", requires = "names", conflicts_with = "list")]
    hold: bool,

    /// How long the suite may take in one condition
    #[arg(long, value_name = "DURATION", value_parser = time_limit, default_value = "2m", help_heading = "Run")]
    #[arg(allow_hyphen_values = true)]
    #[arg(env = "VESTIBULE_SURVIVE_TIMEOUT", hide_env_values = true)]
    timeout: Duration,

    #[command(flatten)]
    driver: DriverArgs,

    #[command(flatten)]
    report: ReportArgs,

    /// Check everything, list the conditions in which your command would run, and run nothing
    #[arg(long, conflicts_with = "json", help_heading = "Output")]
    dry_run: bool,

    /// Also show where conditions run and which pages the suite meets
    #[arg(short = 'v', long, help_heading = "Output")]
    verbose: bool,

    /// Only the matrix
    #[arg(long, value_parser = FalseyValueParser::new(), help_heading = "Output")]
    #[arg(env = "VESTIBULE_NO_PROGRESS", hide_env_values = true)]
    no_progress: bool,

    /// Write one JSON object per condition to stdout, and the matrix to stderr
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Runs the command. `runner` gets the options, the cases and a callback for each event.
///
/// # Errors
/// If the command, a condition, the users or a report is wrong, or the runner could not begin.
pub(crate) fn survive(
    args: &SurviveArgs,
    today: Date,
    console: &mut Console<'_>,
    runner: impl FnOnce(&RunOptions, Vec<Case>, &mut dyn FnMut(&RunEvent)) -> Result<(), CliError>,
) -> Result<ExitCode, CliError> {
    let date = args.date.unwrap_or(today);
    let users = args.users.as_deref().map(users_file::read).transpose()?;
    let conditions = Conditions::select(&args.sources(), &args.names, users.as_ref(), &args.own_org()?, date)?;
    for sentence in conditions.kept() {
        writeln!(console.err, "note: {sentence}")?;
    }
    if args.list {
        return list::write(&conditions, date, args.json, console);
    }
    if args.command.is_empty() {
        return Err(CliError::usage("your command is missing: write it after `--`").hint(EXAMPLE));
    }
    let options = RunOptions {
        retries: args.retries,
        workers: args.workers,
        timeout: args.timeout,
        browser: args.driver.options(),
        suite: args.suite_options(),
        conditions: conditions.infos(&args.repeated()),
        ..RunOptions::default()
    };
    let cases = conditions.with_command(&args.command);
    check_cases(&cases, &options.suite.mappings)?;
    if args.dry_run {
        let listed = list::write(&conditions, date, false, console)?;
        writeln!(console.err, "your command would run in {}", plural(cases.len(), "condition"))?;
        return Ok(listed);
    }
    if args.hold {
        return match cases.as_slice() {
            [case] => hold_case(&options, case, console),
            _ => Err(CliError::usage("`--hold` holds one condition open: name one with `-c`")),
        };
    }

    let progress = args.progress(console.terminal.err_is_terminal);
    let following = Following { places: args.report.places(), progress, events_to_stdout: false };
    let followed = follow(following, console, |sink| runner(&options, cases, sink))?;
    let (outcome, completed) = (&followed.outcome, &followed.completed);
    let date = date.to_string();
    let (results, looks) = console.results(args.json);
    let shown = results.with(|stream| {
        report::write_matrix(&mut *stream, outcome, &date, &looks, &completed.files)?;
        write!(stream, "{}", completed.annotations)
    });
    let mut told = CliError::unless_reader_gone(shown);
    if args.json {
        let listed = console.out.with(|out| report::write_condition_lines(out, outcome));
        told = told.and(CliError::unless_reader_gone(listed));
    }
    let told = told.and_then(|()| args.report.open(completed, console));
    let code = outcome.survive_exit_code();
    followed.end(code, told)
}

impl SurviveArgs {
    /// Options that a repeated run of one condition has no use for, by their ids.
    pub(crate) const NOT_REPEATED: &[&str] = &["names", "list", "hold", "dry_run", "json", "open"];

    /// The options to repeat. A value that is no template may be a secret of the user's own, and reaches no report.
    fn repeated(&self) -> Vec<String> {
        let mut options = self.typed.clone();
        let mut is_value = false;
        for word in &mut options {
            let mapping = word.split_once('=').filter(|(_, value)| is_value && !value.contains('{'));
            let masked = mapping.map(|(name, _)| format!("{name}=…"));
            is_value = word == "--env";
            if let Some(masked) = masked {
                *word = masked;
            }
        }
        options
    }

    fn sources(&self) -> Sources<'_> {
        Sources { instead: &self.conditions, added: &self.add_conditions }
    }

    /// What is different in the user's own org.
    fn own_org(&self) -> Result<OwnOrg, CliError> {
        org_with(&self.settings).map_err(CliError::usage)?;
        let kind = self.org_kind.map(OrgChange::Kind);
        let changes = kind.into_iter().chain(self.settings.iter().map(OrgSetting::change)).collect();
        Ok(OwnOrg { like: self.like.settings()?, changes })
    }

    /// The options for the suite. Where its My Domain fits several kinds of org, the kind of the user's own org decides.
    fn suite_options(&self) -> SuiteOptions {
        let mut options = self.suite.options(&self.report.folder());
        if let Some(own) = &mut options.my_domain {
            own.hosts = own.hosts.or(self.org_kind);
        }
        options
    }

    fn progress(&self, err_is_terminal: bool) -> Progress {
        match (self.no_progress, err_is_terminal) {
            _ if self.verbose => Progress::Verbose,
            (true, _) => Progress::Quiet,
            (false, true) => Progress::Bar,
            (false, false) => Progress::Lines,
        }
    }
}

/// A setting of the org. The login page has no option here: conditions are about it.
fn setting(text: &str) -> Result<OrgSetting, String> {
    OrgSetting::read(text, &[])
}

const EXAMPLE: &str = "vestibule survive --env SF_URL={login-url} --env SF_USERNAME={user} \
                       --env SF_PASSWORD={password} -- pytest -x\n`vestibule env` prints every value";
