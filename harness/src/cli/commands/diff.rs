//! `vestibule diff`: what changed from one run to another.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::warning::warn;
use crate::cli::output::whole_run::read;
use crate::outcome::{ExitCode, RunOutcome};
use crate::report::{ComparedRun, Comparison, write_diff, write_diff_json};

#[cfg(test)]
mod tests;

/// Compare two runs, and say whether anything got worse
///
/// Compares the verdict, the cause, the pages and the strength of each case. A case is worse if it ends worse, if its
/// end is no longer known, or if its login proves less. A new case is worse if it does not pass. Conditions that do not
/// apply to your users on that day do not count. A killed run is compared as far as it got.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule diff before after                          two report folders
  vestibule diff main/run.jsonl vestibule-report       a run of the main branch, and the last run here
  vestibule diff before after --json                   one JSON document

Exit codes:
  0  nothing got worse
  1  something got worse
  2  wrong usage, or not a run")]
pub(crate) struct DiffArgs {
    /// The earlier run: its report folder, or its run.jsonl
    #[arg(value_name = "BEFORE")]
    before: PathBuf,

    /// The later run: its report folder, or its run.jsonl
    #[arg(value_name = "AFTER")]
    after: PathBuf,

    /// Write one JSON document to stdout
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// If a run cannot be read.
pub(crate) fn diff(args: &DiffArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let (before, after) = (outcome(&args.before, console)?, outcome(&args.after, console)?);
    let comparison = Comparison::of(&before, &after);
    let written = if args.json {
        let run = |path: &Path, outcome| ComparedRun::new(path.display().to_string(), outcome);
        let (before, after) = (run(&args.before, &before), run(&args.after, &after));
        console.out.with(|out| write_diff_json(out, &comparison, &before, &after))
    } else {
        let (results, looks) = console.results(false);
        results.with(|out| write_diff(out, &comparison, looks))
    };
    CliError::unless_reader_gone(written)?;
    Ok(if comparison.got_worse() { ExitCode::Failed } else { ExitCode::Passed })
}

/// The run in a report folder or a file of events, as far as it went.
fn outcome(path: &Path, console: &mut Console<'_>) -> Result<RunOutcome, CliError> {
    let file = if path.is_dir() { path.join("run.jsonl") } else { path.to_owned() };
    let recording = read(&file, console)?;
    let outcome = RunOutcome::fold(&recording.events);
    if outcome.interrupted || !outcome.finished {
        let shown = file.display();
        warn(&format!("{shown}: the run did not finish; cases that did not end count as skipped"), console)?;
    }
    Ok(outcome)
}
