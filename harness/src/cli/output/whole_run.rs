//! A whole run: its events, read from a file, and the terminal's report of it.

use std::fs;
use std::io;
use std::path::Path;

use indicatif::ProgressDrawTarget;

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::report_files::Completed;
use crate::cli::output::warning::warn;
use crate::outcome::{ExitCode, RunOutcome};
use crate::report::{ReadError, Recording, Terminal, read_events};

/// Reads a file of events, and warns about the lines that cannot be read.
pub(crate) fn read(path: &Path, console: &mut Console<'_>) -> Result<Recording, CliError> {
    let shown = path.display();
    let text = fs::read(path).map_err(|error| {
        let inside = path.join("run.jsonl");
        let hint = match error.kind() {
            io::ErrorKind::IsADirectory => format!("name the file in it: {}", inside.display()),
            _ => "name the `run.jsonl` of a report folder".to_owned(),
        };
        CliError::usage(format!("failed to read {shown}: {error}")).hint(hint)
    })?;
    let recording = read_events(&text).map_err(|error| {
        let refused = match &error {
            ReadError::NoEvent => format!("{shown} is not a run.jsonl: none of its lines is an event of a run"),
            ReadError::Schema { .. } => format!("{shown}: failed to {error}"),
        };
        CliError::usage(refused).hint(error.remedy())
    })?;
    for damaged in &recording.damaged {
        let (line, why) = (damaged.line, &damaged.why);
        warn(&format!("{shown}:{line}: this line is not an event and is skipped: {why}"), console)?;
    }
    if let Some(line) = recording.cut {
        warn(&format!("{shown}:{line}: the last line is incomplete; everything before it is kept"), console)?;
    }
    Ok(recording)
}

/// The exit code of a run that was read from files. If lines of them are damaged, the run is broken, unless it was
/// interrupted.
pub(crate) fn exit_code(outcome: &RunOutcome, damaged: bool) -> ExitCode {
    match outcome.exit_code() {
        ExitCode::Interrupted => ExitCode::Interrupted,
        _ if damaged => ExitCode::Broken,
        code => code,
    }
}

/// Shows a whole run, and where its reports are: on stdout, unless that is for data. A reader that went away changes
/// nothing.
///
/// # Errors
/// If the stream cannot be written to for another reason.
pub(crate) fn tell(
    outcome: &RunOutcome,
    completed: &Completed,
    stdout_is_for_data: bool,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let (results, looks) = console.results(stdout_is_for_data);
    let shown = results.with(|stream| {
        Terminal::new(&mut *stream, looks, ProgressDrawTarget::hidden()).finish(outcome, &completed.files)?;
        write!(stream, "{}", completed.annotations)
    });
    CliError::unless_reader_gone(shown)
}
