//! Why a command ends without a result: a sentence, a remedy, an exit code.

use std::error::Error;
use std::io;
use std::path::Path;

use vestibule_model::diagnostic::{self, Diagnostic};
use vestibule_model::with_causes;

use crate::cli::output::console::Console;
use crate::outcome::ExitCode;
use crate::report::Styles;

/// Why a command ends without a result.
#[derive(Debug)]
pub(crate) struct CliError {
    message: String,
    diagnostics: Vec<Diagnostic>,
    hint: Option<String>,
    code: ExitCode,
}

impl CliError {
    /// The user asked for something that cannot be done: exit code 2.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(message.into(), ExitCode::Usage)
    }

    /// Our tooling or the environment broke: exit code 3.
    pub(crate) fn broken(message: impl Into<String>) -> Self {
        Self::new(message.into(), ExitCode::Broken)
    }

    /// What was asked for does not exist: exit code 4.
    pub(crate) fn nothing_selected(message: impl Into<String>) -> Self {
        Self::new(message.into(), ExitCode::NothingSelected)
    }

    /// The user ended it: exit code 130.
    pub(crate) fn interrupted(message: impl Into<String>) -> Self {
        Self::new(message.into(), ExitCode::Interrupted)
    }

    /// Mistakes in files: each with its caret, then one sentence; exit code 2.
    pub(crate) fn diagnostics(diagnostics: Vec<Diagnostic>, message: impl Into<String>) -> Self {
        Self { diagnostics, ..Self::usage(message) }
    }

    /// "failed to ..." with every cause, from an error whose text completes that sentence.
    pub(crate) fn failed_to(error: &dyn Error, code: ExitCode) -> Self {
        Self::new(format!("failed to {}", with_causes(error)), code)
    }

    /// Adds what to do.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The exit code.
    pub(crate) fn code(&self) -> ExitCode {
        self.code
    }

    /// Writes the error to stderr.
    ///
    /// # Errors
    /// If stderr cannot be written to.
    pub(crate) fn write(&self, console: &mut Console<'_>) -> io::Result<()> {
        if self.code == ExitCode::Passed {
            return Ok(());
        }
        let styles = Styles::new(console.terminal.color_err);
        for diagnostic in &self.diagnostics {
            let text = diagnostic::render(diagnostic, console.terminal.color_err, console.terminal.width);
            writeln!(console.err, "{text}\n")?;
        }
        writeln!(console.err, "{}error{:#}: {}", styles.bad, styles.bad, self.message)?;
        if let Some(hint) = &self.hint {
            writeln!(console.err, "\n{}hint{:#}: {hint}", styles.path, styles.path)?;
        }
        console.err.flush()
    }

    fn new(message: String, code: ExitCode) -> Self {
        Self { message, diagnostics: Vec::new(), hint: None, code }
    }
}

impl From<io::Error> for CliError {
    /// A broken pipe (`vestibule list | head`) counts as success: the reader has seen enough.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::new(String::new(), ExitCode::Passed)
        } else {
            Self::broken(format!("failed to write the output: {error}"))
        }
    }
}

/// A report that cannot be written, with what to do.
pub(crate) fn unwritable(path: &Path, error: &io::Error) -> CliError {
    let hint = if error.kind() == io::ErrorKind::StorageFull {
        "free some space, or name a folder on another disk with `--report-dir DIR`"
    } else {
        "name a folder that you can write to with `--report-dir DIR`"
    };
    CliError::broken(format!("failed to write the report {}: {error}", path.display())).hint(hint)
}
