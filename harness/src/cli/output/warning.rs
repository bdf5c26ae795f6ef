//! Warnings: what a user should know, and what stops nothing.

use std::fmt::Display;

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::report::Styles;

/// Writes a warning to stderr.
///
/// # Errors
/// If stderr cannot be written to.
pub(crate) fn warn(text: &impl Display, console: &mut Console<'_>) -> Result<(), CliError> {
    let warning = Styles::new(console.terminal.color_err).warning;
    CliError::unless_reader_gone(writeln!(console.err, "{warning}warning{warning:#}: {text}"))
}
