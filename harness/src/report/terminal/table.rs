//! The table of all cases, grouped by file.

use std::io::{self, Write};

use textwrap::Options;
use unicode_width::UnicodeWidthStr;

use super::super::styles::{Styles, paint};
use super::super::wording;
use crate::outcome::{CaseOutcome, RunOutcome, Verdict};

/// Writes the table: line, verdict, title, duration. A title that does not fit continues on the next row. Skipped cases
/// are only counted: an interrupted run has many.
pub(super) fn write(out: &mut impl Write, outcome: &RunOutcome, width: usize, styles: &Styles) -> io::Result<()> {
    let ran: Vec<&CaseOutcome> = outcome.cases.iter().filter(|case| case.verdict() != Verdict::Skipped).collect();
    let line_width = ran.iter().map(|case| line(case).len()).max().unwrap_or(0);
    let time_width = ran.iter().map(|case| time(case).len()).max().unwrap_or(0);
    let taken = INDENT + line_width + GAP + VERDICT + GAP + GAP + time_width;
    let longest = ran.iter().map(|case| case.info.title_of_run().width()).max().unwrap_or(0);
    let title_width = width.saturating_sub(taken).clamp(NARROWEST_TITLE, longest.max(NARROWEST_TITLE));

    for cases in ran.chunk_by(|a, b| a.info.file == b.info.file) {
        let file = cases.first().map_or("", |case| case.info.file.as_str());
        writeln!(out, "\n{}", paint(styles.path, file))?;
        for case in cases {
            let title = case.info.title_of_run();
            let rows = textwrap::wrap(&title, Options::new(title_width));
            let verdict = format!("{:<VERDICT$}", wording::ending(case));
            let first = rows.first().map(AsRef::as_ref).unwrap_or_default();
            let fill = " ".repeat(title_width.saturating_sub(first.width()));
            writeln!(
                out,
                "{:INDENT$}{}{:GAP$}{}{:GAP$}{first}{fill}{:GAP$}{:>time_width$}",
                "",
                paint(styles.dim, &format!("{:<line_width$}", line(case))),
                "",
                paint(if case.is_flaky() { styles.warning } else { styles.verdict(case.verdict()) }, &verdict),
                "",
                "",
                time(case),
            )?;
            for row in rows.iter().skip(1) {
                writeln!(out, "{:1$}{row}", "", INDENT + line_width + GAP + VERDICT + GAP)?;
            }
        }
    }
    let skipped = outcome.cases.len() - ran.len();
    if skipped > 0 {
        let skipped = wording::plural(skipped, "case");
        writeln!(out, "\n{}: {skipped} that did not run", paint(styles.verdict(Verdict::Skipped), "skipped"))?;
    }
    Ok(())
}

fn line(case: &CaseOutcome) -> String {
    format!(":{}", case.info.line)
}

fn time(case: &CaseOutcome) -> String {
    case.result.as_ref().map_or_else(|| "-".to_owned(), |result| wording::duration(result.duration_ms))
}

const INDENT: usize = 2;
const GAP: usize = 2;
const VERDICT: usize = 7;
const NARROWEST_TITLE: usize = 20;
