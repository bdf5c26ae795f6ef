//! `vestibule bench`: measurements that need a server, as ratios to a baseline of the same run.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::cli::output::console::Console;
use crate::cli::output::error::{CliError, with_causes};
use crate::outcome::ExitCode;

mod cpu;
mod endpoint;
mod login;
mod org;
mod serve;
mod suites;

use endpoint::EndpointBenchArgs;
use login::LoginBenchArgs;
use serve::ServeBenchArgs;
use suites::SuitesBenchArgs;

/// Measure the program on this machine
///
/// Each measurement ends with a ratio to a baseline of the same run, so that a slow machine does not look like a slow
/// program. Use a release build.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule bench serve           how fast a server starts, and what it weighs
  vestibule bench serve --json    one JSON line
  vestibule bench endpoint        what the WebDriver endpoint adds to a command
  vestibule bench login           our login against the same one by Playwright
  vestibule bench suites          the built-in suites with two workers against one

Exit codes:
  0  measured
  3  the measured program did not start")]
pub struct BenchArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Start of `serve` to its first discovery answer, and its memory when idle; baseline: `vestibule --version`
    Serve(ServeBenchArgs),
    /// What the WebDriver endpoint of external suites adds to a command; baseline: the same command sent to ChromeDriver
    Endpoint(EndpointBenchArgs),
    /// The two-step login with a TOTP code, by a reused browser and an isolated one; baseline: Playwright
    Login(LoginBenchArgs),
    /// The built-in suites with several workers, and how busy they keep the machine; baseline: one worker
    Suites(SuitesBenchArgs),
}

/// One measurement.
#[derive(Debug, Serialize)]
struct Measured<T> {
    /// What was measured.
    bench: &'static str,
    /// Ours divided by the baseline.
    ratio: f64,
    /// Median.
    ours: f64,
    /// Median.
    baseline: f64,
    /// Unit of `ours` and `baseline`.
    unit: &'static str,
    #[serde(flatten)]
    more: T,
}

/// Runs the measurement.
///
/// # Errors
/// Where the measured program does not start or does not answer.
pub(crate) fn bench(args: &BenchArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    match &args.what {
        What::Serve(args) => serve::bench(args, console),
        What::Endpoint(args) => endpoint::bench(args, console),
        What::Login(args) => login::bench(args, console),
        What::Suites(args) => suites::bench(args, console),
    }
}

fn broken(what: &str, error: &dyn std::error::Error) -> CliError {
    CliError::broken(format!("failed to {what}: {}", with_causes(error)))
}

/// The middle of these figures, or the mean of the two in the middle; 0 of none.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    match (figures.get(middle), figures.len() % 2) {
        (None, _) => 0.0,
        (Some(upper), 1) => *upper,
        (Some(upper), _) => f64::midpoint(figures[middle - 1], *upper),
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_middle_one_or_the_mean_of_two() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
        assert!(median(Vec::new()).abs() < f64::EPSILON);
    }
}
