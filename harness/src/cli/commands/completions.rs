//! `vestibule completions`: the completion script of a shell.

use clap::Args;
use clap_complete::Shell;

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
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
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Runs the command.
///
/// # Errors
/// If stdout cannot be written to.
pub(crate) fn completions(
    args: &CompletionsArgs,
    mut program: clap::Command,
    console: &mut Console<'_>,
) -> Result<ExitCode, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut program, "vestibule", &mut script);
    console.out.with(|out| out.write_all(&script))?;
    Ok(ExitCode::Passed)
}
