//! `vestibule check`: checks scenario files without running them.

use clap::Args;

use crate::cli::arguments::selection::PathArgs;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::watch::again_on_change;
use crate::outcome::ExitCode;
use crate::report::plural;

/// Check scenario files without running them
///
/// Shows every mistake with its line, what would be valid, and what was probably meant.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule check                 the scenarios in vestibule/, or the built-in ones
  vestibule check logins/         every file below a folder
  vestibule check a.yaml b.yaml   these files
  vestibule check --watch         again whenever a scenario changes

Exit codes:
  0  no scenario has a mistake
  2  a scenario has a mistake, or a file does not exist")]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    paths: PathArgs,

    /// Check again whenever a scenario file changes, until Ctrl-C
    #[arg(long, help_heading = "Run")]
    watch: bool,
}

/// Runs the command.
///
/// # Errors
/// If a scenario has a mistake or a file is missing.
pub(crate) fn check(args: &CheckArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    if args.watch {
        return again_on_change(&args.paths.watched()?, console, |console| check_once(args, console));
    }
    check_once(args, console)
}

fn check_once(args: &CheckArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let cases = args.paths.cases(console)?;
    let mut files: Vec<&str> = cases.iter().map(|case| case.file.as_str()).collect();
    files.dedup();
    let twins = cases.iter().filter(|case| case.twin.is_some()).count();
    let (cases, files) = (plural(cases.len(), "case"), plural(files.len(), "file"));
    writeln!(console.out, "{cases} in {files}, {twins} with a twin: no errors")?;
    Ok(ExitCode::Passed)
}
