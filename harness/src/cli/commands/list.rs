//! `vestibule list`: the cases that would run.

use clap::Args;
use serde::Serialize;

use crate::cli::arguments::selection;
use crate::cli::arguments::selection::SelectArgs;
use crate::cli::output::case_list;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::scenario::Case;

/// List the cases that would run
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule list                        the cases in vestibule/, or the built-in ones
  vestibule list --built-in             the built-in cases
  vestibule list logins/ -g gate        cases whose title or ID contains `gate`
  vestibule list --must-fail            the twins that must fail
  vestibule list --json | jq -r .id     one JSON object per line

Exit codes:
  0  the cases were listed
  2  wrong usage or scenario
  4  nothing was selected")]
pub(crate) struct ListArgs {
    #[command(flatten)]
    select: SelectArgs,

    /// List the `must-fail` twins instead
    #[arg(long, help_heading = "Filter")]
    must_fail: bool,

    /// One JSON object per line
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// A case, and whether it has a twin.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Listed {
    id: String,
    title: String,
    file: String,
    line: u32,
    tags: Vec<String>,
    has_twin: bool,
}

/// Runs the command.
///
/// # Errors
/// If a scenario is wrong, nothing is selected, or stdout cannot be written to.
pub(crate) fn list(args: &ListArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let cases = selection::selected(&args.select, args.must_fail, console)?;
    if !args.json {
        case_list::write(&cases, console)?;
        return Ok(ExitCode::Passed);
    }
    for case in cases {
        let has_twin = case.twin.is_some();
        let Case { id, title, file, line, tags, .. } = case;
        console.out.json_line(&Listed { id, title, file, line, tags, has_twin })?;
    }
    Ok(ExitCode::Passed)
}
