//! The report card of a library: a table for its documentation, and a badge.

use std::fmt::Write as _;

use askama::Template;
use strum::IntoEnumIterator as _;
use vestibule_simulator::attacks::{Family, Severity};

use super::super::wording::plural;
use super::{Shown, incomplete, word};
use crate::outcome::{AttackOutcome, AttackedCase, Library};

/// The card as Markdown.
pub(super) fn table(outcome: &AttackOutcome) -> String {
    let mut text = format!("# {}\n\n", title(outcome));
    let day = outcome.started_at.get(..10).unwrap_or(&outcome.started_at);
    let cases = plural(outcome.judged(), "case");
    let driven_by = &outcome.target.driven_by;
    // Writing to a string cannot fail.
    let _written = writeln!(text, "{cases} of `vestibule attack` {}, {day}, {driven_by}.\n", outcome.version);
    if let Some(why) = incomplete(outcome) {
        let _written = writeln!(text, "{why}\n");
    }
    text += "| Family | Cases | As expected | Findings | Worst |\n|---|---:|---:|---:|---|\n";
    for family in Family::iter() {
        let of_family = || outcome.cases.iter().filter(move |attacked| attacked.case.family == family);
        let judged = of_family().filter(|attacked| attacked.conclusion().is_judged()).count();
        if judged == 0 {
            continue;
        }
        let findings = of_family().filter(|attacked| attacked.conclusion().is_finding()).count();
        let worst = of_family().filter_map(AttackedCase::severity).max();
        let worst = worst.map_or_else(|| "–".to_owned(), |severity| severity.to_string());
        let good = judged.saturating_sub(findings);
        let _written = writeln!(text, "| {family} | {judged} | {good} | {findings} | {worst} |");
    }
    let findings = outcome.findings();
    if !findings.is_empty() {
        text += "\n| Case | Severity | What happened | What was sent |\n|---|---|---|---|\n";
    }
    for attacked in findings {
        let severity = attacked.severity().map(|severity| severity.to_string()).unwrap_or_default();
        let sent = Shown::of(attacked, outcome).about.unwrap_or("not public yet");
        let (id, conclusion) = (attacked.case.id, word(attacked.conclusion()));
        let _written = writeln!(text, "| `{id}` | {severity} | {conclusion} | {} |", sent.replace('|', "\\|"));
    }
    text
}

/// The badge as SVG: how many cases ended as expected.
pub(super) fn badge(outcome: &AttackOutcome) -> Result<String, askama::Error> {
    let judged = outcome.judged();
    let good = judged.saturating_sub(outcome.findings().len());
    let worst = outcome.findings().first().and_then(|attacked| attacked.severity());
    let colour = match worst {
        _ if outcome.ended_early.is_some() => "#5b6068",
        None => "#1b6e37",
        Some(Severity::Info | Severity::Low) => "#4f6f10",
        Some(Severity::Medium) => "#8a5a00",
        Some(Severity::High | Severity::Critical) => "#b3202a",
    };
    let (label, value) = ("login attacks", format!("{good} of {judged} as expected"));
    let (left, right) = (width(label), width(&value));
    Badge { title: title(outcome), label, value, left, right, all: left.saturating_add(right), colour }.render()
}

#[derive(Template)]
#[template(path = "attack/badge.svg")]
struct Badge {
    title: String,
    label: &'static str,
    value: String,
    left: usize,
    right: usize,
    all: usize,
    colour: &'static str,
}

fn title(outcome: &AttackOutcome) -> String {
    match &outcome.target.library {
        Some(Library { name, version }) => format!("{name} {version}"),
        None => outcome.target.start.clone(),
    }
}

/// Pixels that a text takes at 11 pixels of height, with some space.
fn width(text: &str) -> usize {
    text.chars().count().saturating_mul(7).saturating_add(12)
}
