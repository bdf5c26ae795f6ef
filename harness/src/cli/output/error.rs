//! Why a command ends without a result: a sentence, a remedy, an exit code.

use std::error::Error;
use std::io;
use std::path::Path;

use vestibule_model::diagnostic::{self, Diagnostic};
use vestibule_model::with_causes;

use crate::cli::output::console::Console;
use crate::cli::output::output_error::OutputError;
use crate::outcome::ExitCode;
use crate::report::Styles;

/// Why a command ends without a result.
#[derive(Debug)]
pub(crate) enum CliError {
    /// A broken pipe (`vestibule list | head`) counts as success: the reader has seen enough.
    ReaderGone,
    /// Something is wrong.
    Problem(Problem),
}

/// What is wrong.
#[derive(Debug)]
pub(crate) struct Problem {
    message: String,
    diagnostics: Vec<Diagnostic>,
    hint: Option<String>,
    code: ExitCode,
}

impl From<OutputError> for CliError {
    fn from(error: OutputError) -> Self {
        match error {
            OutputError::ReaderGone => Self::ReaderGone,
            OutputError::Failed(error) => Self::broken(format!("failed to write the output: {error}")),
        }
    }
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
        let (message, code) = (message.into(), ExitCode::Usage);
        Self::Problem(Problem { message, diagnostics, hint: None, code })
    }

    /// "failed to ..." with every cause, from an error whose text completes that sentence.
    pub(crate) fn failed_to(error: &dyn Error, code: ExitCode) -> Self {
        Self::new(format!("failed to {}", with_causes(error)), code)
    }

    /// Nothing is wrong where only the reader went away, for a command that still has something to do or to say by its
    /// exit code.
    pub(crate) fn unless_reader_gone(written: Result<(), OutputError>) -> Result<(), Self> {
        match written {
            Ok(()) | Err(OutputError::ReaderGone) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Adds what to do.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Self::Problem(problem) = &mut self {
            problem.hint = Some(hint.into());
        }
        self
    }

    /// Adds what to do, where that is known.
    #[must_use]
    pub(crate) fn hint_if(self, hint: Option<impl Into<String>>) -> Self {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }

    /// The exit code.
    pub(crate) fn code(&self) -> ExitCode {
        match self {
            Self::ReaderGone => ExitCode::Passed,
            Self::Problem(problem) => problem.code,
        }
    }

    /// Writes the error to stderr.
    ///
    /// # Errors
    /// If stderr cannot be written to.
    pub(crate) fn write(&self, console: &mut Console<'_>) -> Result<(), OutputError> {
        let Self::Problem(Problem { message, diagnostics, hint, .. }) = self else { return Ok(()) };
        let styles = Styles::new(console.terminal.color_err);
        for diagnostic in diagnostics {
            let text = diagnostic::render(diagnostic, console.terminal.color_err, console.terminal.width);
            writeln!(console.err, "{text}\n")?;
        }
        writeln!(console.err, "{}error{:#}: {}", styles.bad, styles.bad, message)?;
        if let Some(hint) = hint {
            writeln!(console.err, "\n{}hint{:#}: {hint}", styles.path, styles.path)?;
        }
        console.err.flush()
    }

    fn new(message: String, code: ExitCode) -> Self {
        Self::Problem(Problem { message, diagnostics: Vec::new(), hint: None, code })
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
