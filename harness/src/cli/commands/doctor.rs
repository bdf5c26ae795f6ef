//! `vestibule doctor`: what this machine lacks, and the command that mends it.

use std::path::PathBuf;

use clap::Args;
use url::Url;

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::report::Styles;

mod checks;
#[cfg(test)]
mod tests;

use checks::{Check, State};

/// Say what this machine lacks to run suites, and the command that mends it
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  vestibule doctor                                  the browser, its driver, keys, memory, and one real login
  vestibule doctor --webdriver http://grid:4444     the same with browsers of a Selenium Grid
  vestibule doctor --json                           one line for each check

Exit codes:
  0  suites can run here
  2  wrong usage
  3  something is missing")]
pub struct DoctorArgs {
    /// A WebDriver endpoint to use instead of an own ChromeDriver
    #[arg(long, value_name = "URL", env = "VESTIBULE_WEBDRIVER", hide_env_values = true)]
    webdriver: Option<Url>,

    /// The browser's binary
    #[arg(long, value_name = "FILE", env = "VESTIBULE_BROWSER", hide_env_values = true)]
    browser: Option<PathBuf>,

    /// The ChromeDriver binary
    #[arg(long, value_name = "FILE", conflicts_with = "webdriver")]
    #[arg(env = "VESTIBULE_CHROMEDRIVER", hide_env_values = true)]
    chromedriver: Option<PathBuf>,

    /// One JSON line for each check
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Where stdout is closed, or no runtime can be started.
pub(crate) fn doctor(args: &DoctorArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let checks = checks::all(args)?;
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
        "Mend what is missing, then run `vestibule doctor` again."
    } else {
        "Suites can run here: `vestibule run` for the built-in ones, `vestibule survive -- COMMAND` for your own."
    };
    writeln!(console.out, "\n{closing}")?;
    Ok(())
}
