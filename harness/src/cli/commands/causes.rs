//! `vestibule causes`: why logins stop, with the owner and the fix of each cause.

use clap::Args;
use serde::Serialize;
use textwrap::Options;
use vestibule_model::diagnostic::unknown_word;

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::output_error::OutputError;
use crate::diagnosis::{self, Cause};
use crate::outcome::{ExitCode, Owner};
use crate::report::Styles;

#[cfg(test)]
mod tests;

/// List why logins stop, with the owner and the fix of each cause
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule causes                        every cause in one sentence, grouped by owner
  vestibule causes gate-not-handled       one in full: owner, fix, evidence and source
  vestibule causes --json | jq -r .cause  one JSON object per line

Exit codes:
  0  the causes were listed
  2  wrong usage, or no cause of this name")]
pub(crate) struct CausesArgs {
    /// The cause to show in full
    #[arg(value_name = "CAUSE")]
    cause: Option<String>,
    /// One JSON object per line
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// A cause as `--json` prints it.
#[derive(Debug, Serialize)]
struct Listed {
    cause: &'static str,
    what: &'static str,
    evidence: &'static str,
    owner: Owner,
    remedy: &'static str,
    fact: &'static str,
}

/// Runs the command.
///
/// # Errors
/// If no cause has this name, or stdout cannot be written to.
pub(crate) fn causes(args: &CausesArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let all = diagnosis::causes();
    let chosen = match &args.cause {
        Some(id) => vec![*all.iter().find(|cause| cause.id == id).ok_or_else(|| unknown(id, &all))?],
        None => all,
    };
    if args.json {
        write_json(&chosen, console)?;
    } else if args.cause.is_some() {
        chosen.iter().try_for_each(|cause| write_in_full(cause, console))?;
    } else {
        write_list(&chosen, console)?;
    }
    Ok(ExitCode::Passed)
}

fn unknown(id: &str, all: &[&Cause]) -> CliError {
    let diagnostic = unknown_word("unknown-cause", "cause", id, all.iter().map(|cause| cause.id));
    let near = diagnostic.hint.unwrap_or_else(|| "`vestibule causes` lists them all".to_owned());
    CliError::usage(format!("there is no cause `{id}`")).hint(near)
}

fn write_json(causes: &[&Cause], console: &mut Console<'_>) -> Result<(), OutputError> {
    for cause in causes {
        let Cause { id, what, needs, owner, remedy, fact, .. } = **cause;
        let listed = Listed { cause: id, what, evidence: needs, owner, remedy, fact };
        console.out.json_line(&listed)?;
    }
    Ok(())
}

fn write_list(causes: &[&Cause], console: &mut Console<'_>) -> Result<(), OutputError> {
    let Styles { strong, path, .. } = Styles::new(console.terminal.color_out);
    let longest = causes.iter().map(|cause| cause.id.len()).max().unwrap_or(0);
    let column = console.terminal.width.saturating_sub(longest + 4).max(NARROWEST);
    let mut first = true;
    for owner in [Owner::Suite, Owner::OrgAdmin, Owner::IdpAdmin, Owner::Vestibule, Owner::Unknown] {
        let gap = if std::mem::take(&mut first) { "" } else { "\n" };
        writeln!(console.out, "{gap}{strong}{}{strong:#}", heading(owner))?;
        for cause in causes.iter().filter(|cause| cause.owner == owner) {
            for (at, row) in textwrap::wrap(cause.what, Options::new(column)).iter().enumerate() {
                let id = if at == 0 { cause.id } else { "" };
                writeln!(console.out, "  {path}{id:longest$}{path:#}  {row}")?;
            }
        }
    }
    Ok(())
}

fn write_in_full(cause: &Cause, console: &mut Console<'_>) -> Result<(), OutputError> {
    let Styles { strong, dim, .. } = Styles::new(console.terminal.color_out);
    writeln!(console.out, "{strong}{}{strong:#}", cause.id)?;
    let rows = [
        ("what", cause.what),
        ("owner", cause.owner.word()),
        ("fix", cause.remedy),
        ("evidence", cause.needs),
        ("fact", cause.fact),
    ];
    let column = console.terminal.width.saturating_sub(LABELS + 2).max(NARROWEST);
    for (label, text) in rows {
        for (at, row) in textwrap::wrap(text, Options::new(column)).iter().enumerate() {
            let label = if at == 0 { format!("{label:>LABELS$}:") } else { format!("{:1$}", "", LABELS + 1) };
            writeln!(console.out, "{dim}{label}{dim:#} {row}")?;
        }
    }
    Ok(())
}

fn heading(owner: Owner) -> &'static str {
    match owner {
        Owner::Suite => "Owner: the suite",
        Owner::OrgAdmin => "Owner: the org admin",
        Owner::IdpAdmin => "Owner: the IdP admin",
        Owner::Vestibule => "Owner: Vestibule",
        Owner::Unknown => "Owner: not known",
    }
}

/// Width of the longest label, `evidence`.
const LABELS: usize = 8;
const NARROWEST: usize = 30;
