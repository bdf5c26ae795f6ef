//! `vestibule report`: the reports of a run, from its events.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::ProgressDrawTarget;

use super::console::Console;
use super::error::CliError;
use super::reports::{Completed, ReportArgs, Reports};
use crate::outcome::{ExitCode, RunOutcome};
use crate::report::{Progress, Recording, Styles, Terminal, TerminalOptions, read_events};

/// Make the reports of a run from its run.jsonl, also of one that was killed
///
/// Every case that finished is in them. The exit code is that of the run; a run whose end is missing counts as broken.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule report vestibule-report/run.jsonl             the reports beside it, written anew
  vestibule report run.jsonl --report-dir elsewhere       in another folder

Exit codes:
  0  every case passed                  3    broken, or the end of the run is missing
  1  a login failed                     4    nothing was selected
  2  wrong usage, or no run file        130  interrupted")]
pub struct ReportCommandArgs {
    /// The events of a run
    #[arg(value_name = "FILE")]
    events: PathBuf,

    #[command(flatten)]
    report: ReportArgs,
}

/// Runs the command.
///
/// # Errors
/// Where the file cannot be read, or a report cannot be written.
pub(super) fn report(args: &ReportCommandArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let recording = read(&args.events, console)?;
    let outcome = RunOutcome::fold(&recording.events);
    let beside = args.events.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut reports = Reports::open_read(&args.report.or_folder(beside))?;
    let code = if recording.damaged.is_empty() { outcome.exit_code() } else { broken(outcome.exit_code()) };
    tell(&outcome, reports.complete(&outcome), console)?;
    Ok(code)
}

/// Reads a file of events, and says what of it cannot be read.
pub(super) fn read(path: &Path, console: &mut Console<'_>) -> Result<Recording, CliError> {
    let shown = path.display();
    let text = fs::read(path).map_err(|error| {
        CliError::usage(format!("failed to read {shown}: {error}")).hint("name the `run.jsonl` of a report folder")
    })?;
    let recording = read_events(&text)
        .map_err(|error| CliError::usage(format!("{shown}: failed to {error}")).hint(error.remedy()))?;
    let styles = Styles::new(console.terminal.color_err);
    let mut warn = |text: String| writeln!(console.err, "{}warning{:#}: {text}", styles.warning, styles.warning);
    for damaged in &recording.damaged {
        warn(format!("{shown}:{}: this line is no event and is left out: {}", damaged.line, damaged.why))?;
    }
    if let Some(line) = recording.cut {
        warn(format!("{shown}:{line}: the last line was cut while it was written; what stands before it is whole"))?;
    }
    Ok(recording)
}

/// Shows a whole run on the terminal, and where its reports are.
pub(super) fn tell(outcome: &RunOutcome, completed: Completed, console: &mut Console<'_>) -> Result<(), CliError> {
    let looks =
        TerminalOptions { width: console.terminal.width, color: console.terminal.color_err, progress: Progress::Quiet };
    Terminal::new(&mut *console.err, looks, ProgressDrawTarget::hidden()).finish(outcome, &completed.files)?;
    write!(console.err, "{}", completed.annotations)?;
    completed.trouble.map_or(Ok(()), Err)
}

/// The exit code of a run of which something cannot be read.
fn broken(code: ExitCode) -> ExitCode {
    if code == ExitCode::Interrupted { code } else { ExitCode::Broken }
}
