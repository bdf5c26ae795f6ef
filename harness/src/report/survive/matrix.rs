//! The matrix on a terminal: condition, verdict, cause, owner, fix; then the headline.

use std::io::{self, Write};

use anstyle::Style;
use textwrap::Options;

use super::super::styles::{Styles, paint};
use super::super::terminal::tried_again;
use super::super::wording;
use super::super::{ReportFiles, TerminalOptions};
use super::{Headline, Row, ended_by_vestibule, headline, rows, tally_text};
use crate::outcome::{CaseOutcome, RunOutcome, Verdict};

/// Writes the matrix of a run (conditions in force on this date first), then the headline and the paths of the reports.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write_matrix(
    mut out: impl Write,
    outcome: &RunOutcome,
    date: &str,
    options: &TerminalOptions,
    files: &ReportFiles,
) -> io::Result<()> {
    let styles = Styles::new(options.color);
    let (skipped, rows): (Vec<Row<'_>>, Vec<Row<'_>>) =
        rows(outcome).into_iter().partition(|row| row.case.verdict() == Verdict::Skipped);
    let columns = Columns::fit(&rows, options.width);
    for (title, rows) in sections(&rows, date) {
        writeln!(out, "\n{}", paint(styles.strong, &title))?;
        let mut printed: Vec<(&str, &str)> = Vec::new();
        for row in rows {
            // A fix that several conditions share is printed once.
            let before = printed.iter().find(|(remedy, _)| *remedy == row.remedy()).map(|(_, name)| *name);
            let remedy = before.map_or_else(|| row.remedy().to_owned(), |name| format!("same fix as {name}"));
            let remedy = format!("{}{remedy}{}{}", taken_for_home(row), said(row), failed_at(row));
            columns.write(&mut out, row, &remedy, &styles)?;
            if row.needs_fix() && before.is_none() {
                printed.push((row.remedy(), &row.condition.name));
            }
        }
    }
    for case in outcome.cases.iter().filter(|case| case.verdict() == Verdict::Broken) {
        broken(&mut out, case, &styles)?;
    }
    if !skipped.is_empty() {
        let skipped = wording::plural(skipped.len(), "condition");
        writeln!(out, "\n{}: {skipped} that did not finish", paint(styles.verdict(Verdict::Skipped), "skipped"))?;
    }
    if let Some(headline) = headline(outcome) {
        end(&mut out, outcome, &headline, options.width, &styles)?;
    }
    let longest = files.files.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, path) in &files.files {
        writeln!(out, "{name:>longest$}: {}", paint(styles.path, &path.display().to_string()))?;
    }
    out.flush()
}

/// The conditions in force first; among them those of one kind of org together, since each kind has dates of its own.
fn sections<'a>(rows: &'a [Row<'a>], date: &str) -> Vec<(String, Vec<&'a Row<'a>>)> {
    let mut sections: Vec<(String, Vec<&Row<'_>>)> = Vec::new();
    for applies in [true, false] {
        for row in rows.iter().filter(|row| row.condition.applies == applies) {
            let org = row.condition.org.map(|kind| format!(", in {}", kind.with_article())).unwrap_or_default();
            let title = if applies {
                format!("in force on {date}{org}")
            } else {
                format!("not in force on {date} for these users{org}")
            };
            match sections.iter_mut().find(|(known, _)| *known == title) {
                Some((_, rows)) => rows.push(row),
                None => sections.push((title, vec![row])),
            }
        }
    }
    sections
}

/// Widths of the columns. A fix that does not fit beside them goes below.
struct Columns {
    condition: usize,
    cause: usize,
    remedy: Option<usize>,
    width: usize,
}

impl Columns {
    fn fit(rows: &[Row<'_>], width: usize) -> Self {
        let longest = |text: &dyn Fn(&Row<'_>) -> usize| rows.iter().map(text).max().unwrap_or(0);
        let condition = longest(&|row| row.condition.name.len());
        let cause = longest(&|row| cause(row).len());
        let taken = INDENT + condition + VERDICT + cause + OWNER + 4 * GAP;
        let room = width.saturating_sub(taken);
        Self { condition, cause, remedy: (room >= NARROWEST_REMEDY).then_some(room), width }
    }

    fn write(&self, out: &mut impl Write, row: &Row<'_>, remedy: &str, styles: &Styles) -> io::Result<()> {
        let stopped = row.needs_fix();
        let verdict = paint(style(row, styles), &format!("{:<VERDICT$}", row.ending().word()));
        let owner = if stopped { row.owner().word() } else { "" };
        let line = format!(
            "{:INDENT$}{:<condition$}{:GAP$}{verdict}{:GAP$}{:<cause$}{:GAP$}{owner:<OWNER$}",
            "",
            row.condition.name,
            "",
            "",
            cause(row),
            "",
            condition = self.condition,
            cause = self.cause,
        );
        if !stopped {
            // A failure after the login has no fix here, but a place.
            let place = paint(styles.dim, failed_at(row).trim_start());
            let place = row.failed_at().map(|_| format!("\n{:indent$}{place}", "", indent = INDENT + INDENT));
            return writeln!(out, "{}{}", line.trim_end(), place.unwrap_or_default());
        }
        match self.remedy {
            Some(room) => {
                let before = self.width.saturating_sub(room);
                let mut rest = textwrap::wrap(remedy, room).into_iter();
                writeln!(out, "{line}{:GAP$}{}", "", rest.next().unwrap_or_default())?;
                rest.try_for_each(|text| writeln!(out, "{:before$}{text}", ""))
            }
            None => {
                writeln!(out, "{}", line.trim_end())?;
                let indent = " ".repeat(INDENT + INDENT);
                let options = Options::new(self.width).initial_indent(&indent).subsequent_indent(&indent);
                writeln!(out, "{}", paint(styles.dim, &textwrap::fill(remedy, options)))
            }
        }
    }
}

fn end(
    out: &mut impl Write,
    outcome: &RunOutcome,
    headline: &Headline,
    width: usize,
    styles: &Styles,
) -> io::Result<()> {
    let tone = match (headline.stopped, headline.unjudged) {
        (0, 0) => styles.good,
        (0, _) => styles.warning,
        _ => styles.bad,
    };
    let sentence = textwrap::fill(&headline.sentence(), width);
    writeln!(out, "\n{}", paint(tone, &sentence))?;
    if !headline.owners.is_empty() {
        let owners = headline.owners.iter().map(|(owner, count)| format!("{} ({count})", owner.word()));
        writeln!(out, "owner: {}", owners.collect::<Vec<_>>().join(", "))?;
    }
    if headline.not_simulated > 0 {
        let text = "what Vestibule does not simulate says nothing about your suite";
        writeln!(out, "{}", paint(styles.warning, &textwrap::fill(text, width)))?;
    }
    let greens = rows(outcome).iter().filter(|row| row.is_false_green()).count();
    if greens > 0 {
        let greens = wording::plural(greens, "false green");
        let text = format!("{greens}: the suite reports success while nobody is signed in");
        writeln!(out, "{}", paint(styles.bad, &textwrap::fill(&text, width)))?;
    }
    let again = |row: &Row<'_>| if row.is_bad() { super::again(row.case) } else { None };
    if let Some(line) = rows(outcome).iter().find_map(again) {
        writeln!(out, "one condition again:")?;
        // Not wrapped, so that it can be pasted.
        writeln!(out, "{:INDENT$}{line}", "")?;
    }
    if let Some(copies) = &outcome.copies {
        writeln!(out, "{}", textwrap::fill(&copies.sentence(), width))?;
    }
    for text in ended_by_vestibule(outcome) {
        writeln!(out, "{}", textwrap::fill(&text, width))?;
    }
    tried_again(out, outcome, width, styles)?;
    let (total, duration) = (rows(outcome).len(), wording::duration(outcome.duration_ms));
    let text = format!("{}: {} in {duration}", wording::plural(total, "condition"), tally_text(outcome));
    writeln!(out, "{}", textwrap::fill(&text, width))
}

fn broken(out: &mut impl Write, case: &CaseOutcome, styles: &Styles) -> io::Result<()> {
    let failure = case.result.as_ref().and_then(|result| result.failures.first());
    let why = failure.map_or("", |failure| failure.title.as_str());
    writeln!(out, "\n{}: {}: {why}", paint(styles.warning, "broken"), case.info.title_of_run())?;
    for note in failure.iter().flat_map(|failure| &failure.notes) {
        writeln!(out, "{note}")?;
    }
    match failure.and_then(|failure| failure.hint.as_ref()) {
        Some(hint) => writeln!(out, "{}: {hint}", paint(styles.path, "hint")),
        None => Ok(()),
    }
}

/// Which page a suite took for home that reports success without a login.
fn taken_for_home(row: &Row<'_>) -> String {
    let finding = row.finding.filter(|_| row.is_false_green());
    finding.map(|finding| format!("{} ", finding.sentence)).unwrap_or_default()
}

/// The line of the suite's output of which a fix speaks, on a line of its own.
fn said(row: &Row<'_>) -> String {
    let quoted = row.finding.and_then(|finding| finding.quoted.as_deref());
    quoted.map(|line| format!("\nthe suite said: {line}")).unwrap_or_default()
}

/// Where the suite failed in its own code, on a line of its own.
fn failed_at(row: &Row<'_>) -> String {
    row.failed_at().map(|at| format!("\nthe suite failed at {at}")).unwrap_or_default()
}

fn cause<'a>(row: &'a Row<'_>) -> &'a str {
    row.finding.map_or("", |finding| finding.cause.as_str())
}

fn style(row: &Row<'_>, styles: &Styles) -> Style {
    match row.case.verdict() {
        Verdict::Failed if !row.condition.applies || row.not_simulated() => styles.warning,
        verdict => styles.verdict(verdict),
    }
}

const INDENT: usize = 2;
const GAP: usize = 2;
const VERDICT: usize = 13;
const OWNER: usize = 9;
const NARROWEST_REMEDY: usize = 40;
