//! `vestibule man`: the man pages, for packages.

use std::path::PathBuf;

use clap::Args;

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;

/// Writes a man page for the program and one for each command.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  vestibule man target/man

Exit codes:
  0  the pages were written
  3  the folder cannot be written to")]
pub(crate) struct ManArgs {
    /// Folder for the pages; it is created
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// If the folder cannot be written to.
pub(crate) fn man(args: &ManArgs, program: clap::Command, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let folder = &args.folder;
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(program, folder));
    written.map_err(|error| CliError::broken(format!("failed to write man pages to {}: {error}", folder.display())))?;
    writeln!(console.err, "the man pages are in {}", folder.display())?;
    Ok(ExitCode::Passed)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::output::console::TerminalTraits;
    use crate::cli::program::Cli;

    #[test]
    fn the_program_and_every_command_have_a_page_that_lists_its_options() {
        let folder = tempfile::tempdir().unwrap();
        let pages = folder.path().join("man");
        let terminal = TerminalTraits {
            color_out: false,
            color_err: false,
            err_is_terminal: false,
            interactive: false,
            width: 100,
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());

        let args = ManArgs { folder: pages.clone() };
        man(&args, Cli::command(), &mut Console::new(&mut out, &mut err, terminal)).unwrap();

        let page = |name: &str| std::fs::read_to_string(pages.join(name)).unwrap();
        assert!(page("vestibule.1").contains(".TH vestibule 1"));
        let survive = page("vestibule-survive.1");
        assert!(survive.contains("keep\\-artefacts") && survive.contains("VESTIBULE_SURVIVE_TIMEOUT"), "{survive}");
        assert!(!pages.join("vestibule-man.1").exists(), "it is hidden");
    }
}
