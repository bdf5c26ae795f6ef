//! `vestibule schema`: the JSON Schema of scenario files.

use clap::Args;

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::scenario;

/// Print the JSON Schema of scenario files, for completion and checks in editors
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  vestibule schema > scenario.schema.json

  In the first line of a scenario, for editors with the YAML language server:
  # yaml-language-server: $schema=./scenario.schema.json

Exit codes:
  0  the schema was written")]
pub(crate) struct SchemaArgs {}

/// Runs the command.
///
/// # Errors
/// If stdout is closed.
pub(crate) fn schema(_args: &SchemaArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    writeln!(console.out, "{:#}", scenario::schema())?;
    Ok(ExitCode::Passed)
}
