//! Opens the HTML report in the user's own browser.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::report_files::Completed;
use crate::cli::output::warning::warn;
use crate::report::FOR_PEOPLE;
use crate::suite::ProgramSearch;

/// Opens the report of a run. Where that is not possible, a warning says why: the run keeps its result.
///
/// # Errors
/// If the warning cannot be written.
pub(crate) fn open(completed: &Completed, console: &mut Console<'_>) -> Result<(), CliError> {
    let Some((_, report)) = completed.files.files.iter().find(|(name, _)| name == FOR_PEOPLE.name) else {
        return Ok(());
    };
    let Err(why) = start(report) else { return Ok(()) };
    warn(&format!("failed to open {}: {why}", report.display()), console)
}

/// Starts a browser that outlives this program.
fn start(report: &Path) -> Result<(), String> {
    if ProgramSearch::from_environment().find(OPENER).is_none() {
        return Err(format!("there is no program `{OPENER}`"));
    }
    let mut command = Command::new("setsid");
    command.args(["--fork", OPENER]).arg(report).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.status() {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("failed to start setsid: {error}")),
    }
}

/// Opens a file in the program that the desktop, or the variable BROWSER, names for it.
const OPENER: &str = "xdg-open";
