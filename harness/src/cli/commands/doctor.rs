//! `vestibule doctor`: whether this machine can run scenarios and suites, and how to fix what is missing.

use clap::Args;

use crate::cli::arguments::suite::{DriverArgs, TunnelArgs};
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::report::Styles;

mod checks;
#[cfg(test)]
mod tests;

use checks::{Check, State};

/// Check that this machine can run scenarios and suites
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  vestibule doctor                                  browser, driver, keys, memory and a real login
  vestibule doctor --browser firefox                the same with Firefox and geckodriver
  vestibule doctor --webdriver http://grid:4444     the same with a Selenium Grid
  vestibule doctor --json                           one JSON line per check

Exit codes:
  0  scenarios and suites can run here
  2  wrong usage
  3  something is missing")]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    driver: DriverArgs,

    #[command(flatten)]
    tunnel: TunnelArgs,

    /// One JSON line per check
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// If stdout is closed, or no runtime can be started.
pub(crate) fn doctor(args: &DoctorArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let checks = checks::all(&args.tunnel.apply(args.driver.options()))?;
    if args.json {
        for check in &checks {
            writeln!(console.out, "{}", check.json())?;
        }
    } else {
        show(&checks, console)?;
    }
    let missing = checks.iter().any(|check| check.state == State::Missing);
    Ok(if missing { ExitCode::Broken } else { ExitCode::Passed })
}

fn show(checks: &[Check], console: &mut Console<'_>) -> Result<(), CliError> {
    let styles = Styles::new(console.terminal.color_out);
    for check in checks {
        let (style, sign) = match check.state {
            State::Good => (styles.good, "ok"),
            State::Doubtful => (styles.warning, "doubtful"),
            State::Missing => (styles.bad, "missing"),
            State::NotTried => (styles.dim, "not tried"),
        };
        writeln!(console.out, "{style}{sign:>9}{style:#}  {}: {}", check.what, check.found)?;
        if let Some(remedy) = &check.remedy {
            writeln!(console.out, "           {}{remedy}{:#}", styles.path, styles.path)?;
        }
    }
    let closing = if checks.iter().any(|check| check.state == State::Missing) {
        "Fix what is missing, then run `vestibule doctor` again."
    } else {
        "This machine is ready: `vestibule run --built-in` runs the built-in scenarios, `vestibule survive -- COMMAND` \
         your own suite."
    };
    writeln!(console.out, "\n{closing}")?;
    Ok(())
}
