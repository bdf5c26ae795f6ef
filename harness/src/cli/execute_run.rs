//! Passes the selected cases and the stop signals to the runner.

use std::io::{BufRead as _, Write as _};
use std::time::Duration;

use tokio::sync::watch;

use crate::cli::interrupt::StopSignals;
use crate::cli::output::error::CliError;
use crate::cli::runtime;
use crate::outcome::{ExitCode, RunEvent};
use crate::runner::{self, Broken, PauseHook, RunOptions};
use crate::scenario::Case;

/// Runs the cases, and pauses once where a pause is given. Ctrl-C or SIGTERM ends the run early, and the reports cover the
/// cases that finished. A second signal ends it at once.
///
/// # Errors
/// If there is no browser, no keys or no temporary folder, or the run was ended at once.
pub(crate) fn execute_run(
    options: &RunOptions,
    cases: Vec<Case>,
    pause: Option<PauseHook>,
    sink: &mut dyn FnMut(&RunEvent),
) -> Result<(), CliError> {
    let runtime = runtime::start()?;
    let played = runtime.block_on(async {
        let (told, stop) = watch::channel(false);
        let mut signals = StopSignals::listen()?;
        let twice = async {
            signals.wait().await;
            // Without a receiver the run is over already. The sender lives as long as the run: a closed channel would look
            // like a signal.
            let _told = told.send(true);
            signals.wait().await;
        };
        tokio::select! {
            ran = runner::run(options, cases, stop, pause, sink) => ran.map_err(|error| not_begun(&error)),
            () = twice => Err(ended_at_once()),
        }
    });
    // Browsers end with the tasks that hold them; a pause that waits for a key does not delay the end.
    runtime.shutdown_timeout(SHUTDOWN);
    played
}

fn ended_at_once() -> CliError {
    CliError::interrupted("stopped immediately; the HTML and JUnit reports were not written").hint(
        "run `vestibule report FILE` with the run.jsonl of the report folder to make them from the finished cases",
    )
}

fn not_begun(error: &Broken) -> CliError {
    CliError::failed_to(error, ExitCode::Broken).hint_if(error.diagnostic().hint)
}

/// Tells that the run pauses after this case, and waits.
pub(crate) fn wait_for_enter(title: &str) {
    let mut err = std::io::stderr();
    // Without a terminal to ask on, the pause ends at once.
    let _shown = writeln!(err, "paused after `{title}`: look at the browser, then press Enter");
    let _read = std::io::stdin().lock().read_line(&mut String::new());
}

const SHUTDOWN: Duration = Duration::from_secs(2);
