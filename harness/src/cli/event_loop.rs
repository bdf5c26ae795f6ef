//! Follows a run: each event goes to `run.jsonl`, to the terminal and, if requested, to stdout.

use indicatif::ProgressDrawTarget;

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::output_error::OutputError;
use crate::cli::output::report_files::{Completed, ReportPlaces, Reports};
use crate::outcome::{ExitCode, RunEvent, RunOutcome};
use crate::report::{Progress, Terminal, write_event};

/// How a run is followed.
pub(crate) struct Following {
    /// Where its reports go.
    pub(crate) places: ReportPlaces,
    /// What is shown while it goes on.
    pub(crate) progress: Progress,
    /// Whether each event is written to stdout as it happens.
    pub(crate) events_to_stdout: bool,
}

/// A run that is over, and its reports.
pub(crate) struct Followed {
    pub(crate) outcome: RunOutcome,
    pub(crate) completed: Completed,
    trouble: Option<CliError>,
}

/// Follows the run that `runner` performs, passing it a callback for each event, and completes the reports. A failed
/// write does not stop the run: the terminal still shows the result, and the exit code is 3.
///
/// # Errors
/// If the reports cannot be opened, or the runner cannot start.
pub(crate) fn follow(
    following: Following,
    console: &mut Console<'_>,
    runner: impl FnOnce(&mut dyn FnMut(&RunEvent)) -> Result<(), CliError>,
) -> Result<Followed, CliError> {
    let mut reports = Reports::open(following.places)?;
    let looks = console.terminal.looks(following.progress);
    let mut terminal = Terminal::new(console.err.stream(), looks, ProgressDrawTarget::stderr());
    let mut outcome = RunOutcome::default();
    let mut trouble: Option<CliError> = None;
    runner(&mut |event| {
        outcome.apply(event);
        let mut written = reports.append(event);
        if following.events_to_stdout {
            written = written.and(console.out.with(|out| write_event(out, event)).map_err(CliError::from));
        }
        let shown = terminal.event(event).map_err(|error| OutputError::of(error).into());
        if let Err(error) = written.and(shown) {
            trouble.get_or_insert(error);
        }
    })?;
    let completed = reports.complete(&outcome);
    Ok(Followed { outcome, completed, trouble })
}

impl Followed {
    /// This exit code, or the error if something could not be written. A closed stdout is not an error.
    ///
    /// # Errors
    /// If a report or the output could not be written.
    pub(crate) fn end(self, code: ExitCode) -> Result<ExitCode, CliError> {
        match self.trouble.or(self.completed.trouble) {
            Some(error) if error.code() != ExitCode::Passed => Err(error),
            _ => Ok(code),
        }
    }
}
