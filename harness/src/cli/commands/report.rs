//! `vestibule report`: makes the reports of a run from its events.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::arguments::report_files::ReportArgs;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::report_files::Reports;
use crate::cli::output::whole_run::{exit_code, read, tell};
use crate::outcome::{ExitCode, RunOutcome};

/// Make the reports of a run from its run.jsonl, even if the run was killed
///
/// They contain every case that finished. The exit code is that of the run; an incomplete run counts as broken.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule report vestibule-report/run.jsonl             rewrites the reports beside it
  vestibule report run.jsonl --report-dir elsewhere       in another folder

Exit codes:
  0  every case passed                  3    broken, or the run is incomplete
  1  a login failed                     4    nothing was selected
  2  wrong usage, or not a run file     130  interrupted")]
pub(crate) struct ReportCommandArgs {
    /// The events of a run
    #[arg(value_name = "FILE")]
    events: PathBuf,

    #[command(flatten)]
    report: ReportArgs,
}

/// Runs the command.
///
/// # Errors
/// If the file cannot be read, or a report cannot be written.
pub(crate) fn report(args: &ReportCommandArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let recording = read(&args.events, console)?;
    let outcome = RunOutcome::fold(&recording.events);
    let beside = args.events.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut reports = Reports::open_read(args.report.or_folder(beside).places())?;
    let completed = reports.complete(&outcome);
    let told = tell(&outcome, &completed, false, console).and_then(|()| args.report.open(&completed, console));
    completed.trouble.map_or(told, Err)?;
    Ok(exit_code(&outcome, !recording.damaged.is_empty()))
}
