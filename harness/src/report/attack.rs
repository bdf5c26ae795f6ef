//! Reports of `vestibule attack`, as functions of its outcome: terminal, HTML, JUnit, SARIF, JSON, and a library's card.

use std::error::Error;

use serde::Serialize;
use vestibule_simulator::attacks::{Expected, Severity};

use super::styles::Styles;
use super::wording::plural;
use crate::outcome::{AttackOutcome, AttackedCase, Conclusion, EndedEarly, Library, Verdict};

mod card;
mod html;
mod junit;
mod sarif;
mod terminal;
#[cfg(test)]
mod tests;

pub(crate) use terminal::{write_case_line, write_results};

/// A report of an attack that is written to a file of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AttackFormat {
    /// What people call it.
    pub(crate) name: &'static str,
    /// Name of its file in the folder of the reports.
    pub(crate) file: &'static str,
    /// Whether it is made only where the results are about a library.
    pub(crate) of_library: bool,
    render: Render,
}

type Render = fn(&AttackOutcome) -> Result<String, Box<dyn Error + Send + Sync>>;

/// Every report of an attack that is written to a file; that for people comes first.
pub(crate) const ATTACK_FORMATS: &[AttackFormat] = &[
    AttackFormat { name: "HTML", file: "attack.html", of_library: false, render: |outcome| Ok(html::html(outcome)?) },
    AttackFormat { name: "JUnit", file: "junit.xml", of_library: false, render: |outcome| Ok(junit::junit(outcome)?) },
    AttackFormat {
        name: "SARIF",
        file: "attack.sarif",
        of_library: false,
        render: |outcome| Ok(sarif::sarif(outcome)?),
    },
    AttackFormat { name: "JSON", file: "attack.json", of_library: false, render: |outcome| Ok(json(outcome)?) },
    AttackFormat { name: "card", file: "card.md", of_library: true, render: |outcome| Ok(card::table(outcome)) },
    AttackFormat { name: "badge", file: "badge.svg", of_library: true, render: |outcome| Ok(card::badge(outcome)?) },
];

/// A report cannot be rendered. Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
#[error("fill the {format} report")]
pub(crate) struct AttackRenderError {
    format: &'static str,
    source: Box<dyn Error + Send + Sync>,
}

impl AttackFormat {
    /// The text of the report.
    ///
    /// # Errors
    /// If a value of the outcome does not fit the format.
    pub(crate) fn render(&self, outcome: &AttackOutcome) -> Result<String, AttackRenderError> {
        (self.render)(outcome).map_err(|source| AttackRenderError { format: self.name, source })
    }
}

/// The results as one JSON document.
///
/// # Errors
/// Never in practice: every value can be written.
pub(crate) fn json(outcome: &AttackOutcome) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&Results::of(outcome))
}

/// The results, for programs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Results<'a> {
    schema: u32,
    vestibule: &'a str,
    started_at: &'a str,
    duration_ms: u64,
    start: &'a str,
    check: &'a str,
    signed_in_when: &'a str,
    protocol: String,
    driven_by: &'a str,
    library: Option<&'a Library>,
    notes: &'a [String],
    ended_early: Option<EndedEarly>,
    counts: serde_json::Map<String, serde_json::Value>,
    cases: Vec<CaseResult<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct CaseResult<'a> {
    id: &'static str,
    family: String,
    expected: &'static str,
    /// Why a correct party refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    conclusion: Conclusion,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<String>,
    clause: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<&'a str>,
    duration_ms: u64,
}

impl<'a> Results<'a> {
    /// Of an outcome.
    fn of(outcome: &'a AttackOutcome) -> Self {
        let target = &outcome.target;
        let count = |(conclusion, count): (Conclusion, usize)| (key(conclusion), count.into());
        Self {
            schema: SCHEMA,
            vestibule: &outcome.version,
            started_at: &outcome.started_at,
            duration_ms: outcome.duration_ms,
            start: &target.start,
            check: &target.check,
            signed_in_when: &target.signed_in_when,
            protocol: target.protocol.to_string(),
            driven_by: &target.driven_by,
            library: target.library.as_ref(),
            notes: &outcome.notes,
            ended_early: outcome.ended_early,
            counts: outcome.counts().into_iter().map(count).collect(),
            cases: outcome.cases.iter().map(|case| CaseResult::of(case, outcome)).collect(),
        }
    }
}

impl<'a> CaseResult<'a> {
    fn of(attacked: &'a AttackedCase, outcome: &AttackOutcome) -> Self {
        let (case, shown) = (attacked.case, Shown::of(attacked, outcome));
        let (expected, reason) = match case.expected {
            Expected::Refuse(reason) => ("refuse", Some(reason.to_string())),
            Expected::Accept | Expected::AcceptAs(_) => ("accept", None),
        };
        Self {
            id: case.id.as_str(),
            family: case.family.to_string(),
            expected,
            reason,
            conclusion: attacked.conclusion(),
            severity: attacked.severity().map(|severity| severity.to_string()),
            clause: case.clause,
            about: shown.about,
            fix: attacked.conclusion().is_finding().then_some(shown.fix).flatten(),
            seen: shown.seen,
            sent: shown.sent,
            duration_ms: attacked.answer.as_ref().map_or(0, |answer| answer.duration_ms),
        }
    }
}

/// What a report may show of a case: of a finding that is not public yet, not how it is brought about.
struct Shown<'a> {
    about: Option<&'static str>,
    fix: Option<&'static str>,
    seen: Option<&'a str>,
    sent: Option<&'a str>,
}

impl<'a> Shown<'a> {
    fn of(attacked: &'a AttackedCase, outcome: &AttackOutcome) -> Self {
        let finding = attacked.conclusion().is_finding();
        if finding && outcome.payloads_hidden {
            return Self { about: None, fix: None, seen: None, sent: None };
        }
        let answer = attacked.answer.as_ref();
        Self {
            about: Some(attacked.case.about),
            fix: Some(attacked.case.fix),
            seen: answer.map(|answer| answer.seen.as_str()),
            sent: answer.filter(|_| finding).and_then(|answer| answer.sent.as_deref()),
        }
    }
}

/// A conclusion as a word of programs.
fn key(conclusion: Conclusion) -> String {
    word(conclusion).replace(' ', "-")
}

/// A conclusion as people read it.
fn word(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::WronglyAccepted => "wrongly accepted",
        Conclusion::Crashed => "crashed",
        Conclusion::Hung => "hung",
        Conclusion::SentElsewhere => "sent elsewhere",
        Conclusion::WronglyRefused => "wrongly refused",
        Conclusion::NotJudged => "not judged",
        Conclusion::NotRun => "not run",
        Conclusion::DoesNotApply => "does not apply",
        Conclusion::Refused => "refused",
        Conclusion::Accepted => "accepted",
    }
}

/// The verdict whose colour a conclusion has.
fn colour(conclusion: Conclusion) -> Verdict {
    match conclusion {
        Conclusion::WronglyAccepted | Conclusion::Crashed | Conclusion::Hung | Conclusion::SentElsewhere => {
            Verdict::Failed
        }
        Conclusion::WronglyRefused | Conclusion::NotJudged => Verdict::Broken,
        Conclusion::NotRun | Conclusion::DoesNotApply => Verdict::Skipped,
        Conclusion::Refused | Conclusion::Accepted => Verdict::Passed,
    }
}

/// What a finding is, in one sentence.
fn sentence(attacked: &AttackedCase) -> &'static str {
    let logout = attacked.case.protocol.is_logout();
    match attacked.conclusion() {
        Conclusion::WronglyAccepted if logout => "The app ends a session by a message that it must refuse.",
        Conclusion::WronglyAccepted => "The app signs somebody in with an answer that it must refuse.",
        Conclusion::Crashed => "The app breaks instead of refusing.",
        Conclusion::Hung => "The app gives no answer in time.",
        Conclusion::WronglyRefused if logout => "The app does not end the session, although the message is legal.",
        Conclusion::WronglyRefused => "The app refuses an answer that is legal.",
        Conclusion::NotJudged => "The wrong answer could not be sent, so nothing was judged.",
        Conclusion::NotRun => "The case did not run.",
        Conclusion::SentElsewhere => "The app sends the browser to another site.",
        Conclusion::DoesNotApply => "The case does not fit this app.",
        Conclusion::Refused => "The app refuses, as it should.",
        Conclusion::Accepted if logout => "The app ends the session, as it should.",
        Conclusion::Accepted => "The app signs the user in, as it should.",
    }
}

/// `3 findings in 120 cases: 2 wrongly accepted, 1 crashed`.
fn headline(outcome: &AttackOutcome) -> String {
    let findings = outcome.findings().len();
    let judged = plural(outcome.judged(), "case");
    if findings == 0 {
        return format!("no finding in {judged}");
    }
    let kinds = outcome.counts().into_iter().filter(|(conclusion, _)| conclusion.is_finding());
    let kinds: Vec<String> = kinds.map(|(conclusion, count)| format!("{count} {}", word(conclusion))).collect();
    format!("{} in {judged}: {}", plural(findings, "finding"), kinds.join(", "))
}

/// Why not every case ran, as a sentence.
fn incomplete(outcome: &AttackOutcome) -> Option<&'static str> {
    outcome.ended_early.map(|why| match why {
        EndedEarly::Interrupted => "The run was interrupted. The cases after that are listed as not run.",
        EndedEarly::Broken => "The run broke. The last note says why, and the cases after that are listed as not run.",
        EndedEarly::LoginBroken => {
            "A good login does not work any more: does the app lock users or addresses out? The cases since the last good login \
             are listed as not judged."
        }
        EndedEarly::TargetGone => {
            "The app does not answer any more. Start it again, and leave out the case that ended it, which is the last that ran."
        }
    })
}

/// The style of a severity on a terminal.
fn severity_style(severity: Severity, styles: &Styles) -> anstyle::Style {
    match severity {
        Severity::Critical | Severity::High => styles.bad,
        Severity::Medium => styles.warning,
        Severity::Low | Severity::Info => styles.dim,
    }
}

/// The form of the JSON report.
const SCHEMA: u32 = 1;
