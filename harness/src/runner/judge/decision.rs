//! Expectations about the org's last decision, as recorded in the journal.

use vestibule_model::yaml::Spanned;
use vestibule_model::{OutcomeKind, Strength};

use super::Mismatch;
use crate::runner::observation::Observation;

pub(super) fn strength(expected: Strength, seen: &Observation) -> Option<Mismatch> {
    let actual = seen.decision().map(|decision| decision.strength);
    (actual != Some(expected)).then(|| Mismatch {
        title: "the login had a different strength".to_owned(),
        expected: expected.to_string(),
        actual: actual.map_or("no decision", <&str>::from).to_owned(),
        notes: Vec::new(),
    })
}

pub(super) fn outcome(expected: OutcomeKind, seen: &Observation) -> Option<Mismatch> {
    let actual = seen.decision().map(|decision| decision.outcome.kind());
    (actual != Some(expected)).then(|| Mismatch {
        title: "the org made a different decision".to_owned(),
        expected: expected.to_string(),
        actual: actual.map_or("no decision", <&str>::from).to_owned(),
        notes: Vec::new(),
    })
}

pub(super) fn rules(expected: &[Spanned<String>], seen: &Observation) -> Option<Mismatch> {
    let fired: Vec<&str> =
        seen.decision().map(|decision| decision.rules.iter().map(|rule| rule.id.into()).collect()).unwrap_or_default();
    let missing: Vec<&str> =
        expected.iter().map(|rule| rule.value.as_str()).filter(|rule| !fired.contains(rule)).collect();
    (!missing.is_empty()).then(|| Mismatch {
        title: format!("rules that did not fire: {}", missing.join(", ")),
        expected: expected.iter().map(|rule| rule.value.as_str()).collect::<Vec<_>>().join(", "),
        actual: if fired.is_empty() { "no decision".to_owned() } else { fired.join(", ") },
        notes: Vec::new(),
    })
}

/// The rules of the last decision as lines of evidence.
pub(super) fn evidence(seen: &Observation) -> Vec<String> {
    let rules = seen.decision().map(|decision| decision.rules.as_slice()).unwrap_or_default();
    rules.iter().map(|rule| format!("rule `{}`: {} ({})", rule.id, rule.why, rule.source)).collect()
}
