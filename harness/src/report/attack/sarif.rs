//! SARIF 2.1.0, which code hosts show beside the code: each case is a rule, each finding a result.

use serde_json::{Value, json};
use vestibule_simulator::attacks::Severity;

use super::{Shown, key, sentence};
use crate::outcome::{AttackOutcome, AttackedCase, EndedEarly};

/// The results as SARIF.
pub(super) fn sarif(outcome: &AttackOutcome) -> serde_json::Result<String> {
    let mut ruled: Vec<&AttackedCase> = Vec::new();
    for attacked in &outcome.cases {
        if ruled.iter().all(|one| one.case.id != attacked.case.id) {
            ruled.push(attacked);
        }
    }
    let rules: Vec<Value> = ruled.iter().map(|attacked| rule(attacked, outcome)).collect();
    let place = |attacked: &AttackedCase| ruled.iter().position(|one| one.case.id == attacked.case.id);
    let findings = outcome.cases.iter().filter(|attacked| attacked.conclusion().is_finding());
    let results: Vec<Value> = findings.map(|attacked| result(place(attacked), attacked, outcome)).collect();
    let mut run = json!({
        "tool": { "driver": {
            "name": "vestibule attack",
            "version": outcome.version,
            "rules": rules,
        } },
        "invocations": [{
            "executionSuccessful": matches!(outcome.ended_early, None | Some(EndedEarly::Interrupted)),
            "startTimeUtc": outcome.started_at,
        }],
        "columnKind": "utf16CodeUnits",
        "results": results,
    });
    if let Some(library) = &outcome.target.library {
        run["properties"] = json!({ "library": library });
    }
    serde_json::to_string_pretty(&json!({ "$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run] }))
}

/// A case, whether or not it is a finding.
fn rule(attacked: &AttackedCase, outcome: &AttackOutcome) -> Value {
    let (case, shown) = (attacked.case, Shown::of(attacked, outcome));
    let about = shown.about.unwrap_or(NOT_PUBLIC);
    json!({
        "id": case.id.as_str(),
        "shortDescription": { "text": about },
        "help": { "text": format!("{} Source: {}.", shown.fix.unwrap_or(NOT_PUBLIC), case.clause) },
        "defaultConfiguration": { "level": level(case.severity) },
        "properties": {
            "tags": ["security", case.family.to_string()],
            // Code hosts sort by it; the bounds are those of CVSS.
            "security-severity": score(case.severity),
        },
    })
}

fn result(index: Option<usize>, attacked: &AttackedCase, outcome: &AttackOutcome) -> Value {
    let shown = Shown::of(attacked, outcome);
    let parts = [
        Some(sentence(attacked).to_owned()),
        shown.about.map(str::to_owned),
        shown.seen.map(|seen| format!("Seen: {seen}.")),
    ];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let severity = attacked.severity().unwrap_or(Severity::Info);
    json!({
        "ruleId": attacked.case.id.as_str(),
        "ruleIndex": index,
        "level": level(severity),
        "message": { "text": text },
        "locations": [{ "physicalLocation": { "artifactLocation": { "uri": outcome.target.start } } }],
        "partialFingerprints": { "case/v1": format!("{}:{}", attacked.case.id, key(attacked.conclusion())) },
        "properties": { "conclusion": key(attacked.conclusion()), "severity": severity.to_string() },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
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

const SCHEMA_URI: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const NOT_PUBLIC: &str = "Not public yet.";
