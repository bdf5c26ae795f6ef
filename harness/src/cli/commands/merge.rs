//! `vestibule merge`: merges the shards of a run into one run.

use std::path::PathBuf;

use clap::Args;

use crate::cli::arguments::report_files::ReportArgs;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::report_files::Reports;
use crate::cli::output::warning::warn;
use crate::cli::output::whole_run::{exit_code, read, tell};
use crate::outcome::{self, ExitCode, Part, RunOutcome};

/// Merge the run.jsonl files of a run that was split with --shard, and make its reports
///
/// The exit code is that of the whole run; a run with a missing shard counts as broken.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule run --shard 1/2 --report-dir one              on one machine
  vestibule run --shard 2/2 --report-dir two              on another
  vestibule merge one/run.jsonl two/run.jsonl --report-dir all

Exit codes:
  0  every case passed                       3    broken, or a part of the run is missing
  1  a login failed                          4    nothing was selected
  2  wrong usage, or not shards of one run   130  interrupted")]
pub(crate) struct MergeArgs {
    /// The events of each shard, in any order
    #[arg(value_name = "FILE", required = true)]
    shards: Vec<PathBuf>,

    #[command(flatten)]
    report: ReportArgs,
}

/// Runs the command.
///
/// # Errors
/// If a file cannot be read, the files are not shards of one run, or a report cannot be written.
pub(crate) fn merge(args: &MergeArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let target = args.report.folder().join("run.jsonl").canonicalize().ok();
    if let Some(path) = args.shards.iter().find(|path| target.is_some() && path.canonicalize().ok() == target) {
        let message = format!("the merged run would overwrite {}", path.display());
        return Err(CliError::usage(message).hint("name another folder with `--report-dir DIR`"));
    }
    let mut damaged = false;
    let mut parts = Vec::new();
    for path in &args.shards {
        let recording = read(path, console)?;
        damaged |= !recording.damaged.is_empty();
        parts.push(Part { name: path.display().to_string(), events: recording.events });
    }
    let merged =
        outcome::merge(parts).map_err(|error| CliError::failed_to(&error, ExitCode::Usage).hint(error.remedy()))?;
    for missing in &merged.missing {
        warn(missing, console)?;
    }

    let mut reports = Reports::open(args.report.places())?;
    let written = merged.events.iter().try_for_each(|event| reports.append(event));
    let outcome = RunOutcome::fold(&merged.events);
    let completed = reports.complete(&outcome);
    let told = tell(&outcome, &completed, false, console).and_then(|()| args.report.open(&completed, console));
    completed.trouble.map_or(Ok(()), Err).and(written).and(told)?;
    Ok(exit_code(&outcome, damaged))
}
