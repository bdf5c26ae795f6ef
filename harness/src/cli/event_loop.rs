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
    /// What could not be written first. A reader that went away is none of it.
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
        let appended = reports.append(event);
        let told = if following.events_to_stdout {
            CliError::unless_reader_gone(console.out.with(|out| write_event(out, event)))
        } else {
            Ok(())
        };
        let shown = CliError::unless_reader_gone(terminal.event(event).map_err(OutputError::of));
        if let Err(error) = appended.and(told).and(shown) {
            trouble.get_or_insert(error);
        }
    })?;
    let completed = reports.complete(&outcome);
    Ok(Followed { outcome, completed, trouble })
}

impl Followed {
    /// This exit code, or the first error if something could not be written; `told` is whether the terminal could be told
    /// how the run went.
    ///
    /// # Errors
    /// If a report or the output could not be written.
    pub(crate) fn end(self, code: ExitCode, told: Result<(), CliError>) -> Result<ExitCode, CliError> {
        self.trouble.or(self.completed.trouble).map_or(told, Err).map(|()| code)
    }
}
