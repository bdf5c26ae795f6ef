//! `vestibule completions`: the completion script of a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::args::Cli;
use super::console::Console;
use super::error::CliError;
use crate::outcome::ExitCode;

/// Writes the completion script of a shell to stdout.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  vestibule completions bash > /etc/bash_completion.d/vestibule
  vestibule completions zsh > ~/.zfunc/_vestibule

Exit codes:
  0  the script was written
  2  the shell is not known")]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Runs the command.
///
/// # Errors
/// Where stdout cannot be written to.
pub(super) fn completions(args: &CompletionsArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "vestibule", &mut script);
    console.out.write_all(&script)?;
    Ok(ExitCode::Passed)
}
