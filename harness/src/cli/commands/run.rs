//! `vestibule run`: scenarios in a real browser, with reports.

use std::num::NonZeroUsize;
use std::time::Duration;

use clap::Args;
use clap::builder::FalseyValueParser;

use crate::browser::Isolation;
use crate::cli::arguments::org_like::LikeArgs;
use crate::cli::arguments::report_files::ReportArgs;
use crate::cli::arguments::rerun::RerunArgs;
use crate::cli::arguments::selection::{SelectArgs, selected};
use crate::cli::arguments::suite::{DriverArgs, SuiteArgs, TunnelArgs, check_cases};
use crate::cli::arguments::value_parsers::{at_least_one, duration, time_limit};
use crate::cli::event_loop::{Following, follow};
use crate::cli::execute_run::{execute_run, wait_for_enter};
use crate::cli::output::case_list;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::warning::warn;
use crate::cli::output::whole_run::tell;
use crate::cli::watch::again_on_change;
use crate::outcome::{ExitCode, RunEvent};
use crate::report::{Progress, plural};
use crate::runner::{BrowserOptions, PauseHook, RunOptions, Shots, cache_folder};
use crate::scenario::Case;
use crate::snapshot::SnapshotMode;

mod last_failed;
#[cfg(test)]
mod tests;

use last_failed::LastFailed;

/// Run scenarios in a real browser
///
/// Each case gets its own org, identity provider and browser. Without a path the scenarios in the folder vestibule/
/// run, or the built-in ones if there are none.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  vestibule run                                 the scenarios in vestibule/, or the built-in ones
  vestibule run --built-in                      the built-in scenarios
  vestibule run logins/login.yaml -g gate       cases of one file whose title or ID contains `gate`
  vestibule run --headed --slow-mo 1s -x        watch, and stop at the first failure
  vestibule run --last-failed --retries 1       what did not pass last time, with one retry
  vestibule run --shard 2/3                     the second of three machines; see `vestibule merge`
  vestibule run vestibule/ --watch              again whenever a scenario changes
  vestibule run --must-fail                     each twin must fail for its stated reason
  vestibule run --like org.yaml                 in an org that looks like yours
  vestibule run --built-in --browser firefox    in Firefox, with geckodriver
  vestibule run --webdriver http://grid:4444    use a Selenium Grid

Exit codes:
  0  every case passed          3    Vestibule or the environment broke
  1  a login failed             4    nothing was selected
  2  wrong usage or scenario    130  interrupted")]
pub(crate) struct RunArgs {
    #[command(flatten)]
    select: SelectArgs,

    /// Run the `must-fail` twins instead: each must fail for the reason that it states
    #[arg(long, help_heading = "Filter")]
    must_fail: bool,

    #[command(flatten)]
    rerun: RerunArgs,

    #[command(flatten)]
    like: LikeArgs,

    /// Stop at the first case that does not pass
    #[arg(short = 'x', long, help_heading = "Run")]
    fail_fast: bool,

    /// How many cases run in parallel [default: two per core, at most 8; one if cases run a command]
    #[arg(long, value_name = "N", value_parser = at_least_one::<NonZeroUsize>, allow_negative_numbers = true)]
    #[arg(help_heading = "Run", env = "VESTIBULE_WORKERS", hide_env_values = true)]
    workers: Option<NonZeroUsize>,

    /// How cases are isolated from each other in a worker's browser
    ///
    /// `reset`: one browser, reset between cases: a new tab, no cookies, storage, cache or authenticators; the fastest.
    /// `context`: one browser with a separate user context for each case; about 20 % slower. `session`: a separate browser
    /// process for each case; the slowest.
    #[arg(long, value_enum, value_name = "MODE", default_value = "reset", help_heading = "Run")]
    #[arg(env = "VESTIBULE_ISOLATION", hide_env_values = true)]
    isolation: Isolation,

    /// How long one case may take
    #[arg(long, value_name = "DURATION", value_parser = time_limit, default_value = "30s", help_heading = "Run")]
    #[arg(allow_hyphen_values = true)]
    #[arg(env = "VESTIBULE_TIMEOUT", hide_env_values = true)]
    timeout: Duration,

    /// Show the browser's window
    #[arg(long, value_parser = FalseyValueParser::new(), help_heading = "Run")]
    #[arg(env = "VESTIBULE_HEADED", hide_env_values = true)]
    headed: bool,

    /// Wait this long before every action
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "0s", help_heading = "Run")]
    #[arg(env = "VESTIBULE_SLOW_MO", hide_env_values = true)]
    slow_mo: Duration,

    /// Keep the browser of the first failed case open until you press Enter
    #[arg(long, requires = "headed", help_heading = "Run")]
    pause_on_failure: bool,

    /// Run again whenever a scenario file changes, until Ctrl-C; the exit code is that of the last run
    ///
    /// On a terminal the screen is cleared before each further run. A mistake in a scenario is shown, and the next change is
    /// waited for.
    #[arg(long, conflicts_with = "open", help_heading = "Run")]
    watch: bool,

    #[command(flatten)]
    driver: DriverArgs,

    #[command(flatten)]
    tunnel: TunnelArgs,

    #[command(flatten)]
    suite: SuiteArgs,

    #[command(flatten)]
    report: ReportArgs,

    /// Keep screenshots of each page for these cases; secret fields are masked
    #[arg(long, value_name = "WHEN", value_enum, default_value_t, help_heading = "Report")]
    #[arg(env = "VESTIBULE_SHOTS", hide_env_values = true)]
    shots: Shots,

    /// Accept every missing or changed snapshot
    #[arg(short = 'u', long, help_heading = "Report")]
    update_snapshots: bool,

    /// Never write snapshots [default: true if the variable CI is set]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[arg(help_heading = "Report", env = "VESTIBULE_CI", hide_env_values = true)]
    ci: Option<bool>,

    /// Check everything, list the cases that would run, and run nothing
    #[arg(long, conflicts_with_all = ["json", "shard"], help_heading = "Output")]
    dry_run: bool,

    /// Also show where cases run and which pages they meet
    #[arg(short = 'v', long, help_heading = "Output")]
    verbose: bool,

    /// Only the table and the summary
    #[arg(long, value_parser = FalseyValueParser::new(), help_heading = "Output")]
    #[arg(env = "VESTIBULE_NO_PROGRESS", hide_env_values = true)]
    no_progress: bool,

    /// Write each event to stdout as it happens, one JSON object per line, and the table and summary to stderr
    #[arg(long, help_heading = "Output")]
    json: bool,
}

impl RunArgs {
    /// The options for the runner; `ci_variable` is the value of `CI`, if it is set.
    pub(crate) fn options(&self, ci_variable: Option<&str>) -> RunOptions {
        let options = RunOptions {
            fail_fast: self.fail_fast,
            workers: self.workers,
            isolation: self.isolation,
            timeout: self.timeout,
            browser: BrowserOptions {
                headed: self.headed,
                slow_mo: self.slow_mo,
                ..self.tunnel.apply(self.driver.options())
            },
            snapshots: SnapshotMode::choose(self.update_snapshots, self.ci, ci_variable),
            suite: self.suite.options(&self.report.folder()),
            shots: self.shots,
            ..RunOptions::default()
        };
        self.rerun.apply(options)
    }

    /// The cases to run, or their twins.
    ///
    /// # Errors
    /// If a file is missing or invalid, a command does not exist, nothing is selected, or options contradict each
    /// other.
    fn cases(&self, console: &mut Console<'_>) -> Result<Vec<Case>, CliError> {
        if self.isolation == Isolation::Context && self.driver.options().webdriver.is_some() {
            return Err(CliError::usage(
                "`--isolation context` needs a browser that Vestibule starts, not `--webdriver`",
            )
            .hint("use `--isolation reset`, or `session` for a separate browser for each case"));
        }
        let like = self.like.settings()?;
        let mut cases = selected(&self.select, self.must_fail, console)?;
        if let Some(like) = &like {
            let taken = cases.iter_mut().try_for_each(|case| case.take_org_settings(like));
            taken.map_err(|refused| CliError::usage(refused.in_one_line()))?;
        }
        check_cases(&cases, self.suite.mappings())?;
        Ok(cases)
    }

    /// A progress bar needs a terminal; a log is easier to read without one.
    fn progress(&self, err_is_terminal: bool, snapshots: SnapshotMode) -> Progress {
        if self.verbose {
            Progress::Verbose
        } else if self.no_progress {
            Progress::Quiet
        } else if err_is_terminal && snapshots != SnapshotMode::Verify {
            Progress::Bar
        } else {
            Progress::Lines
        }
    }
}

/// Runs the command.
///
/// # Errors
/// If a scenario has a mistake, nothing is selected, the reports cannot be written, or the runner cannot start.
pub(crate) fn run(args: &RunArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    if args.watch {
        return again_on_change(&args.select.watched()?, console, |console| run_once(args, console));
    }
    run_once(args, console)
}

fn run_once(args: &RunArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let ci = std::env::var("CI").ok();
    let options = args.options(ci.as_deref());
    let cases = args.cases(console)?;
    let memory = LastFailed::in_folder(&cache_folder());
    let cases = if args.rerun.last_failed() { memory.choose(cases, console)? } else { cases };
    if args.dry_run {
        case_list::write(&cases, console)?;
        writeln!(console.err, "{} would run", plural(cases.len(), "case"))?;
        return Ok(ExitCode::Passed);
    }
    let pause = args.pause_on_failure.then(|| -> PauseHook { Box::new(wait_for_enter) });
    run_by(args, console, &options, Some(&memory), |sink| execute_run(&options, cases, pause, sink))
}

/// As [`run`]. `runner` gets a callback for each event; `memory` records which cases did not pass.
///
/// # Errors
/// If the reports cannot be written, or the runner cannot start.
fn run_by(
    args: &RunArgs,
    console: &mut Console<'_>,
    options: &RunOptions,
    memory: Option<&LastFailed>,
    runner: impl FnOnce(&mut dyn FnMut(&RunEvent)) -> Result<(), CliError>,
) -> Result<ExitCode, CliError> {
    let following = Following {
        places: args.report.places(),
        progress: args.progress(console.terminal.err_is_terminal, options.snapshots),
        events_to_stdout: args.json,
    };
    let followed = follow(following, console, runner)?;
    let mut told = tell(&followed.outcome, &followed.completed, args.json, console);
    if let Some(error) = memory.and_then(|memory| memory.remember(&followed.outcome).err()) {
        told = told.and(warn(&format!("`--last-failed` will not know about this run: {error}"), console));
    }
    let told = told.and_then(|()| args.report.open(&followed.completed, console));
    let code = followed.outcome.exit_code();
    followed.end(code, told)
}
