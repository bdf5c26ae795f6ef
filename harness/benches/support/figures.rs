//! The figures of a benchmark: ours, the baseline of the same run, and their ratio. The ratio keeps a slow machine from
//! looking like a slow program.

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use vestibule_model::with_causes;

/// Why there are no figures: a sentence, with what to do if that is known.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// The options of every benchmark.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// One JSON line instead of text
    #[arg(long)]
    pub(crate) json: bool,

    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

/// One measurement.
#[derive(Debug, Serialize)]
pub(crate) struct Measured<T> {
    /// What was measured.
    pub(crate) bench: &'static str,
    /// Ours divided by the baseline.
    pub(crate) ratio: f64,
    /// Median.
    pub(crate) ours: f64,
    /// Median.
    pub(crate) baseline: f64,
    /// Unit of `ours` and `baseline`.
    pub(crate) unit: &'static str,
    #[serde(flatten)]
    pub(crate) more: T,
}

impl<T: Serialize> Measured<T> {
    /// Writes the figures to stdout, as JSON or as this text.
    pub(crate) fn write(&self, common: &Common, text: &str) -> Result<(), Failure> {
        let line = if common.json { serde_json::to_string(self)? } else { text.to_owned() };
        Ok(writeln!(std::io::stdout(), "{line}")?)
    }
}

/// Runs a benchmark; exits with 3 if the measured program did not start or did not answer.
pub(crate) fn run(benchmark: impl FnOnce() -> Result<(), Failure>) -> ExitCode {
    // Otherwise two libraries would each choose a different provider.
    vestibule_certs::install_tls_provider();
    match benchmark() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Without stderr the error cannot be shown.
            let _told = writeln!(std::io::stderr(), "error: {failure}");
            ExitCode::from(3)
        }
    }
}

/// For `map_err`: "failed to ..." with every cause.
pub(crate) fn failed_to<E: Error>(what: &str) -> impl FnOnce(E) -> Failure {
    move |error| format!("failed to {what}: {}", with_causes(&error)).into()
}
