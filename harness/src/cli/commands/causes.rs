//! `vestibule causes`: why logins stop, with the owner and the fix of each cause.

use clap::Args;
use serde::Serialize;
use strum::IntoEnumIterator as _;
use textwrap::Options;
use vestibule_model::diagnostic::unknown_word;

use crate::cli::arguments::value_parsers::word;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::output_error::OutputError;
use crate::diagnosis::{self, Cause, Language, languages, snippet, why_no_code, written_for};
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
  vestibule causes gate-not-handled --lang playwright-ts >> login.ts   the code that fixes it
  vestibule causes --json | jq -r .cause  one JSON object per line

Exit codes:
  0  the causes were listed
  2  wrong usage, or no cause of this name
  4  there is no code for this cause and client")]
pub(crate) struct CausesArgs {
    /// The cause to show in full
    #[arg(value_name = "CAUSE")]
    cause: Option<String>,
    #[arg(long, value_name = "LANG", value_parser = word::<Language>, requires = "cause")]
    #[arg(help = format!("Print the code that fixes the cause in a suite of: {}", list(Language::iter())))]
    lang: Option<Language>,
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
    /// The clients for which `--lang` prints code.
    languages: Vec<Language>,
}

/// The code for a cause as `--json` prints it.
#[derive(Debug, Serialize)]
struct Code {
    cause: &'static str,
    language: Language,
    /// Whether tests run it.
    tested: bool,
    code: &'static str,
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
    if let (Some(language), [cause]) = (args.lang, chosen.as_slice()) {
        write_code(cause, language, args.json, console)?;
    } else if args.json {
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
        let languages = languages(id);
        let listed = Listed { cause: id, what, evidence: needs, owner, remedy, fact, languages };
        console.out.json_line(&listed)?;
    }
    Ok(())
}

/// Nothing but code and comments, so that it can be appended to a file.
fn write_code(cause: &Cause, language: Language, json: bool, console: &mut Console<'_>) -> Result<(), CliError> {
    let code = snippet(cause.id, language).ok_or_else(|| no_code(cause, language))?;
    if json {
        let printed = Code { cause: cause.id, language, tested: language.is_tested(), code };
        return Ok(console.out.json_line(&printed)?);
    }
    let state = if language.is_tested() {
        let written_for = written_for(cause.id);
        format!("Tested: a suite that stops by `{written_for}` gets home with this code.")
    } else {
        "NOT TESTED by Vestibule: run `vestibule survive` on it before you rely on it.".to_owned()
    };
    let variables =
        "Its variables are those that `vestibule survive` sets; for the real org put your own in their place.";
    let about = format!("{}: {}", cause.id, cause.what);
    let variables = code.contains("VESTIBULE_").then_some(variables);
    for text in [about.as_str(), state.as_str()].into_iter().chain(variables) {
        for row in textwrap::wrap(text, COMMENT) {
            writeln!(console.out, "{} {row}", language.comment())?;
        }
    }
    write!(console.out, "\n{code}")?;
    Ok(())
}

fn no_code(cause: &Cause, language: Language) -> CliError {
    let there = languages(cause.id);
    if there.is_empty() {
        let why =
            why_no_code(cause.id).map_or_else(|| format!("its owner is the {}", cause.owner.word()), str::to_owned);
        return CliError::nothing_selected(format!("there is no code for `{}`: {why}", cause.id)).hint(cause.remedy);
    }
    CliError::nothing_selected(format!("there is no code for `{}` in {language} yet", cause.id))
        .hint(format!("there is some for {}", list(there)))
}

/// For which clients there is code, and for which not.
fn code_row(cause: &Cause) -> String {
    let there = languages(cause.id);
    let missing: Vec<Language> = Language::iter().filter(|language| !there.contains(language)).collect();
    match (there.is_empty(), missing.is_empty()) {
        (true, _) => why_no_code(cause.id).map(|why| format!("none: {why}")).unwrap_or_default(),
        (false, true) => format!("--lang {}", list(there)),
        (false, false) => format!("--lang {}; none yet for {}", list(there), list(missing)),
    }
}

fn list(languages: impl IntoIterator<Item = Language>) -> String {
    languages.into_iter().map(|language| language.to_string()).collect::<Vec<_>>().join(", ")
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
    let code = code_row(cause);
    let rows = [
        ("what", cause.what),
        ("owner", cause.owner.word()),
        ("fix", cause.remedy),
        ("code", code.as_str()),
        ("evidence", cause.needs),
        ("fact", cause.fact),
    ];
    let rows = rows.into_iter().filter(|(_, text)| !text.is_empty());
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
/// Width of a comment, in columns.
const COMMENT: usize = 100;
