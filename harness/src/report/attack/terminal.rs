//! The results on a terminal: one line for each case while it goes on, then the findings and a summary.

use std::io::{self, Write};

use textwrap::Options;

use super::super::styles::{Styles, paint};
use super::super::terminal::TerminalOptions;
use super::super::wording;
use super::{Shown, colour, headline, incomplete, sentence, severity_style, word};
use crate::outcome::{AttackOutcome, AttackedCase};

/// Writes `[ 3/120] refused             0.1 s  saml.sig.none`.
///
/// # Errors
/// If the terminal cannot be written to.
pub(crate) fn write_case_line(
    out: &mut (impl Write + ?Sized),
    number: usize,
    total: usize,
    attacked: &AttackedCase,
    color: bool,
) -> io::Result<()> {
    let (styles, conclusion) = (Styles::new(color), attacked.conclusion());
    let verdict = paint(styles.verdict(colour(conclusion)), &format!("{:<16}", word(conclusion)));
    let time = wording::duration(attacked.answer.as_ref().map_or(0, |answer| answer.duration_ms));
    let width = total.to_string().len();
    writeln!(out, "[{number:>width$}/{total}] {verdict} {time:>8}  {}", attacked.case.id)
}

/// Writes the findings and the summary.
///
/// # Errors
/// If the terminal cannot be written to.
pub(crate) fn write_results(
    out: &mut (impl Write + ?Sized),
    outcome: &AttackOutcome,
    options: TerminalOptions,
) -> io::Result<()> {
    let styles = Styles::new(options.color);
    let target = &outcome.target;
    writeln!(out, "{}, {} by {}", target.start, target.protocol, target.driven_by)?;
    if let Some(library) = &target.library {
        writeln!(out, "{} {}", library.name, library.version)?;
    }
    for attacked in outcome.findings() {
        writeln!(out)?;
        finding(out, attacked, outcome, &styles, options.width)?;
    }
    let counts = outcome.counts().into_iter();
    let counts = counts.map(|(one, count)| paint(styles.verdict(colour(one)), &format!("{count} {}", word(one))));
    let cases = paint(styles.strong, &wording::plural(outcome.cases.len(), "case"));
    let duration = wording::duration(outcome.duration_ms);
    writeln!(out, "\n{cases}: {} in {duration}", counts.collect::<Vec<_>>().join(", "))?;
    for note in &outcome.notes {
        writeln!(out, "{}: {note}", paint(styles.dim, "note"))?;
    }
    if let Some(why) = incomplete(outcome) {
        writeln!(out, "{}: {why}", paint(styles.warning, "incomplete"))?;
    }
    let strength = if outcome.findings().is_empty() { styles.good } else { styles.bad };
    writeln!(out, "{}", paint(strength, &headline(outcome)))
}

fn finding(
    out: &mut (impl Write + ?Sized),
    attacked: &AttackedCase,
    outcome: &AttackOutcome,
    styles: &Styles,
    width: usize,
) -> io::Result<()> {
    let (case, shown) = (attacked.case, Shown::of(attacked, outcome));
    let severity = attacked.severity().map(|severity| paint(severity_style(severity, styles), &severity.to_string()));
    writeln!(out, "{} {}", severity.unwrap_or_default(), paint(styles.strong, case.id.as_str()))?;
    let lines = [
        Some(sentence(attacked).to_owned()),
        shown.about.map(|about| format!("sent: {about}")),
        shown.seen.map(|seen| format!("seen: {seen}")),
        shown.fix.map(|fix| format!("fix: {fix}")),
        Some(format!("source: {}", case.clause)),
    ];
    for line in lines.into_iter().flatten() {
        let wrapped = Options::new(width).initial_indent("  ").subsequent_indent("    ");
        writeln!(out, "{}", textwrap::fill(&line, wrapped))?;
    }
    Ok(())
}
