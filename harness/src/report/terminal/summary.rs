//! The last lines: counts, duration, where the reports are, and what to do next.

use std::io::{self, Write};

use textwrap::Options;

use super::super::styles::{Styles, paint};
use super::super::wording;
use super::ReportFiles;
use crate::outcome::{ExitCode, RunOutcome};

/// Writes the summary.
pub(super) fn write(
    out: &mut impl Write,
    outcome: &RunOutcome,
    files: &ReportFiles,
    width: usize,
    styles: &Styles,
) -> io::Result<()> {
    let counts = wording::counted(&outcome.counts());
    let counted: Vec<String> = counts
        .iter()
        .map(|(verdict, count)| paint(styles.verdict(*verdict), &format!("{count} {}", wording::verdict(*verdict))))
        .collect();
    let cases = paint(styles.strong, &wording::plural(outcome.cases.len(), "case"));
    let colon = if counted.is_empty() { "" } else { ": " };
    let duration = wording::duration(outcome.duration_ms);
    writeln!(out, "\n{cases}{colon}{} in {duration}", counted.join(", "))?;

    if let Some(copies) = &outcome.copies {
        writeln!(out, "{}", textwrap::fill(&copies.sentence(), width))?;
    }
    tried_again(out, outcome, width, styles)?;
    let longest = files.files.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, path) in &files.files {
        writeln!(out, "{name:>longest$}: {}", paint(styles.path, &path.display().to_string()))?;
    }
    if let Some(hint) = hint(outcome) {
        let text = textwrap::fill(hint, Options::new(width.saturating_sub(6)).subsequent_indent("      "));
        writeln!(out, "\n{}: {text}", paint(styles.path, "hint"))?;
    }
    Ok(())
}

/// Writes the cases that passed only on a retry, or not in every run. A green count must not hide them.
///
/// # Errors
/// If the terminal cannot be written to.
pub(in crate::report) fn tried_again(
    out: &mut impl Write,
    outcome: &RunOutcome,
    width: usize,
    styles: &Styles,
) -> io::Result<()> {
    let mut listed = |word: &str, text: String| {
        let wrapped = textwrap::fill(&text, Options::new(width.saturating_sub(word.len() + 2)));
        let wrapped = wrapped.replace('\n', &format!("\n{:1$}", "", word.len() + 2));
        writeln!(out, "{}: {wrapped}", paint(styles.warning, word))
    };
    for (word, cases) in [("flaky", outcome.flaky().collect::<Vec<_>>()), ("recovered", outcome.recovered().collect())]
    {
        for case in cases {
            let headline = case.earlier.first().and_then(|attempt| attempt.failures.first());
            let why = headline.map_or("did not pass", |failure| failure.title.as_str());
            listed(
                word,
                format!(
                    "{}: passed on attempt {}; the first attempt: {why}",
                    case.info.title_of_run(),
                    case.attempts()
                ),
            )?;
        }
    }
    for one in outcome.repeated().into_iter().filter(|one| one.passed != one.of) {
        listed("repeated", format!("{}: {} of {} runs passed", one.case.info.id, one.passed, one.of))?;
    }
    Ok(())
}

fn hint(outcome: &RunOutcome) -> Option<&'static str> {
    match outcome.exit_code() {
        ExitCode::NothingSelected => Some("`vestibule list` shows the cases that paths, --grep and --tag select"),
        ExitCode::Interrupted => Some("the reports hold the cases that finished before the interruption"),
        ExitCode::Broken if outcome.counts().broken == 0 => {
            Some("the run did not finish; the report shows everything up to that point")
        }
        ExitCode::Broken => {
            Some("a broken case says nothing about the login: fix the tooling or the environment first, then run again")
        }
        ExitCode::Failed => Some(
            "the HTML report shows each failed login step by step; add `-x --headed --pause-on-failure` to watch the first one",
        ),
        ExitCode::Passed | ExitCode::Usage | ExitCode::OfCommand(_) => None,
    }
}
