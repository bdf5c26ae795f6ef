//! Holds the realm of a case open while the user's command runs in the foreground.

use crate::cli::foreground;
use crate::cli::interrupt::StopSignals;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::runtime;
use crate::outcome::ExitCode;
use crate::runner::{Broken, HeldCase, RunOptions};
use crate::scenario::Case;

/// Runs the command of a case until it ends, and judges nothing.
///
/// # Errors
/// If there is no browser, the realm cannot be started, or the command cannot.
pub(crate) fn hold_case(options: &RunOptions, case: &Case, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    runtime::start()?.block_on(async {
        let mut signals = StopSignals::listen()?;
        let held = HeldCase::open(case, options).await.map_err(|error| not_opened(&error))?;
        let condition = case.scenario.condition.as_ref();
        let told = writeln!(
            console.err,
            "`{}` is held open until the command ends; its org has the date {}, and `vestibule env` lists what is exported",
            condition.map_or(case.id.as_str(), |condition| condition.value.name.value.as_str()),
            held.date()
        );
        CliError::unless_reader_gone(told)?;
        let mut process = foreground::start(held.launch())?;
        let code = foreground::ended(&mut process, &mut signals).await;
        held.close().await;
        Ok(code)
    })
}

fn not_opened(error: &Broken) -> CliError {
    CliError::failed_to(error, ExitCode::Broken).hint_if(error.diagnostic().hint)
}
