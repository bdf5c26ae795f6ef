//! A command in the foreground: its terminal, its signals, its end.

use crate::cli::interrupt::StopSignals;
use crate::cli::output::error::CliError;
use crate::outcome::{Exit, ExitCode};
use crate::suite::{ForegroundProcess, Launch, ProcessError};

/// Starts the command.
///
/// # Errors
/// If the program does not exist or cannot be started.
pub(crate) fn start(launch: &Launch) -> Result<ForegroundProcess, CliError> {
    ForegroundProcess::start(launch).map_err(|error: ProcessError| {
        let remedy = error.remedy();
        CliError::failed_to(&error, ExitCode::Broken).hint(remedy)
    })
}

/// Waits for the end of the command, and passes no code of its own on.
pub(crate) async fn ended(process: &mut ForegroundProcess, signals: &mut StopSignals) -> ExitCode {
    if exited(process, signals).await == Exit::Code(0) { ExitCode::Passed } else { ExitCode::Failed }
}

/// Waits for the end of the command. Ctrl-C is the command's own, and SIGTERM is passed on to it.
pub(crate) async fn exited(process: &mut ForegroundProcess, signals: &mut StopSignals) -> Exit {
    loop {
        tokio::select! {
            exit = process.wait() => return exit,
            () = signals.terminated() => process.ask_to_end(),
        }
    }
}
