//! The exit codes of the program, and that of a run.

use super::RunOutcome;

/// The exit codes of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitCode {
    /// Every case passed.
    Passed,
    /// A login failed an expectation.
    Failed,
    /// Wrong usage, or a scenario that cannot be read.
    Usage,
    /// Vestibule or the environment broke.
    Broken,
    /// Nothing was selected.
    NothingSelected,
    /// Interrupted.
    Interrupted,
    /// That of the command that was run, where its own is passed on.
    OfCommand(u8),
}

impl From<ExitCode> for u8 {
    fn from(code: ExitCode) -> Self {
        match code {
            ExitCode::Passed => 0,
            ExitCode::Failed => 1,
            ExitCode::Usage => 2,
            ExitCode::Broken => 3,
            ExitCode::NothingSelected => 4,
            ExitCode::Interrupted => 130,
            ExitCode::OfCommand(code) => code,
        }
    }
}

impl RunOutcome {
    /// The exit code. Interrupted comes first, then broken, then failed. A run whose end is missing is broken, because
    /// its other results are unknown.
    pub fn exit_code(&self) -> ExitCode {
        let counts = self.counts();
        if self.interrupted {
            ExitCode::Interrupted
        } else if self.cases.is_empty() {
            ExitCode::NothingSelected
        } else if counts.broken > 0 || !self.finished {
            ExitCode::Broken
        } else if counts.failed > 0 {
            ExitCode::Failed
        } else {
            ExitCode::Passed
        }
    }
}
