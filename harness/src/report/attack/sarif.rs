//! SARIF 2.1.0, which code hosts show beside the code: each case is a rule, each finding a result.

use serde_json::{Value, json};
use vestibule_simulator::attacks::Severity;

use super::super::sarif::log::{At, Found, Level, Log, Rule};
use super::{Shown, key, sentence};
use crate::outcome::{AttackOutcome, AttackedCase, EndedEarly};

/// The results as SARIF.
pub(super) fn sarif(outcome: &AttackOutcome) -> serde_json::Result<String> {
    let mut rules: Vec<Rule> = Vec::new();
    for attacked in &outcome.cases {
        if rules.iter().all(|one| one.id != attacked.case.id.as_str()) {
            rules.push(rule(attacked, outcome));
        }
    }
    let findings = outcome.cases.iter().filter(|attacked| attacked.conclusion().is_finding());
    let library = outcome.target.library.as_ref();
    Log {
        tool: "vestibule attack",
        version: &outcome.version,
        started_at: &outcome.started_at,
        successful: matches!(outcome.ended_early, None | Some(EndedEarly::Interrupted)),
        trouble: Vec::new(),
        rules,
        results: findings.map(|attacked| found(attacked, outcome)).collect(),
        properties: library.map_or(Value::Null, |library| json!({ "library": library })),
    }
    .to_text()
}

/// A case, whether or not it is a finding.
fn rule(attacked: &AttackedCase, outcome: &AttackOutcome) -> Rule {
    let (case, shown) = (attacked.case, Shown::of(attacked, outcome));
    Rule {
        id: case.id.as_str().to_owned(),
        about: shown.about.unwrap_or(NOT_PUBLIC).to_owned(),
        help: format!("{} Source: {}.", shown.fix.unwrap_or(NOT_PUBLIC), case.clause),
        level: level(case.severity),
        properties: json!({
            "tags": ["security", case.family.to_string()],
            // Code hosts sort by it; the bounds are those of CVSS.
            "security-severity": score(case.severity),
        }),
    }
}

fn found(attacked: &AttackedCase, outcome: &AttackOutcome) -> Found {
    let shown = Shown::of(attacked, outcome);
    let parts = [
        Some(sentence(attacked).to_owned()),
        shown.about.map(str::to_owned),
        shown.seen.map(|seen| format!("Seen: {seen}.")),
    ];
    let severity = attacked.severity().unwrap_or(Severity::Info);
    Found {
        rule: attacked.case.id.as_str().to_owned(),
        level: level(severity),
        message: parts.into_iter().flatten().collect::<Vec<_>>().join(" "),
        place: At { uri: outcome.target.start.clone(), line: None, column: None },
        fingerprint: format!("{}:{}", attacked.case.id, key(attacked.conclusion())),
        properties: json!({ "conclusion": key(attacked.conclusion()), "severity": severity.to_string() }),
    }
}

fn level(severity: Severity) -> Level {
    match severity {
        Severity::Critical | Severity::High => Level::Error,
        Severity::Medium => Level::Warning,
        Severity::Low | Severity::Info => Level::Note,
    }
}

/// In the middle of the band of CVSS 3.1 that has this name.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    }
}

const NOT_PUBLIC: &str = "Not public yet.";
