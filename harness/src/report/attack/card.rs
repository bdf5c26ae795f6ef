//! The report card of a library: a table for its documentation, and a badge.

use std::fmt::Write as _;

use strum::IntoEnumIterator as _;
use vestibule_simulator::attacks::{Family, Severity};

use super::super::badge::{Badge, Tone};
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
    let tone = match worst {
        _ if outcome.ended_early.is_some() => Tone::Unknown,
        None => Tone::Good,
        Some(Severity::Info | Severity::Low) => Tone::Fair,
        Some(Severity::Medium) => Tone::Warning,
        Some(Severity::High | Severity::Critical) => Tone::Bad,
    };
    Badge { title: title(outcome), label: "login attacks", value: format!("{good} of {judged} as expected"), tone }
        .svg()
}

fn title(outcome: &AttackOutcome) -> String {
    match &outcome.target.library {
        Some(Library { name, version }) => format!("{name} {version}"),
        None => outcome.target.start.clone(),
    }
}
