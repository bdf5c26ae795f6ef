//! The results as one self-contained HTML file without script, in the look of the report of a run.

use askama::Template;

use super::super::html::hash;
use super::super::wording;
use super::{Shown, colour, headline, incomplete, sentence, word};
use crate::outcome::{AttackOutcome, AttackedCase};

/// The page.
pub(super) fn html(outcome: &AttackOutcome) -> Result<String, askama::Error> {
    let target = &outcome.target;
    let counts = outcome.counts().into_iter();
    let mut families: Vec<_> = outcome.cases.iter().map(|attacked| attacked.case.family).collect();
    families.sort_unstable();
    families.dedup();
    let families = families.into_iter().map(|family| {
        let others = outcome.cases.iter().filter(|one| one.case.family == family && !one.conclusion().is_finding());
        (family.to_string(), others.map(|one| Row::of(one, outcome)).collect::<Vec<_>>())
    });
    Page {
        title: headline(outcome),
        bad: !outcome.findings().is_empty(),
        lead: target.library.as_ref().map(|library| format!("{} {}", library.name, library.version)),
        incomplete: incomplete(outcome),
        counts: counts.map(|(one, count)| (wording::verdict(colour(one)), count, word(one))).collect(),
        start: &target.start,
        check: &target.check,
        sign: &target.signed_in_when,
        facts: [
            outcome.started_at.clone(),
            wording::duration(outcome.duration_ms),
            format!("{} by {}", target.protocol, target.driven_by),
        ]
        .join(" · "),
        elsewhere: target.elsewhere.join(", "),
        notes: &outcome.notes,
        findings: outcome.findings().into_iter().map(|case| Row::of(case, outcome)).collect(),
        families: families.filter(|(_, rows)| !rows.is_empty()).collect(),
        version: &outcome.version,
        hidden: outcome.payloads_hidden,
        style: STYLE,
        style_hash: hash(STYLE),
    }
    .render()
}

#[derive(Template)]
#[template(path = "attack/attack.html")]
struct Page<'a> {
    title: String,
    bad: bool,
    lead: Option<String>,
    incomplete: Option<&'static str>,
    /// Class, count and word of each conclusion that occurs.
    counts: Vec<(&'static str, usize, &'static str)>,
    start: &'a str,
    check: &'a str,
    sign: &'a str,
    facts: String,
    /// Hosts that are not on this machine; empty if there are none.
    elsewhere: String,
    notes: &'a [String],
    findings: Vec<Row<'a>>,
    /// The other cases, by family.
    families: Vec<(String, Vec<Row<'a>>)>,
    version: &'a str,
    hidden: bool,
    style: &'static str,
    style_hash: String,
}

/// A case.
struct Row<'a> {
    id: &'static str,
    class: &'static str,
    word: &'static str,
    sentence: &'static str,
    severity: Option<String>,
    expected: String,
    clause: &'static str,
    about: Option<&'static str>,
    fix: Option<&'static str>,
    seen: Option<&'a str>,
    sent: Option<&'a str>,
    duration: String,
}

impl<'a> Row<'a> {
    fn of(attacked: &'a AttackedCase, outcome: &AttackOutcome) -> Self {
        let (case, conclusion, shown) = (attacked.case, attacked.conclusion(), Shown::of(attacked, outcome));
        Self {
            id: case.id.as_str(),
            class: wording::verdict(colour(conclusion)),
            word: word(conclusion),
            sentence: sentence(attacked),
            severity: attacked.severity().map(|severity| severity.to_string()),
            expected: case.expected.to_string(),
            clause: case.clause,
            about: shown.about,
            fix: shown.fix,
            seen: shown.seen,
            sent: shown.sent,
            duration: attacked.answer.as_ref().map(|answer| wording::duration(answer.duration_ms)).unwrap_or_default(),
        }
    }
}

const STYLE: &str =
    concat!(include_str!("../../../templates/report.css"), include_str!("../../../templates/attack/attack.css"));
