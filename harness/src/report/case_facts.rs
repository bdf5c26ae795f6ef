//! The facts about a case besides its verdict, as names and values.

use crate::outcome::{CaseOutcome, CaseResult};

/// The properties of a case, in a fixed order; unknown ones are left out.
pub(super) fn of(case: &CaseOutcome) -> Vec<(&'static str, String)> {
    let info = &case.info;
    let mut properties = vec![("id", info.id.clone()), ("file", info.file.clone()), ("line", info.line.to_string())];
    properties.extend(info.tags.iter().map(|tag| ("tag", tag.clone())));
    if let Some(condition) = &info.condition {
        properties.push(("condition", condition.name.clone()));
        properties.push(("applies", condition.applies.to_string()));
        properties.extend(condition.org.map(|org| ("org", org.to_string())));
        properties.extend(condition.since.iter().map(|since| ("since", since.clone())));
        properties.extend(condition.not_applied.iter().map(|change| ("not-applied", change.clone())));
    }
    if let Some(repeat) = &info.repeat {
        properties.push(("repeat", format!("{}/{}", repeat.number, repeat.of)));
    }
    let Some(result) = &case.result else { return properties };
    properties.push(("attempt", case.attempts().to_string()));
    if case.is_flaky() {
        properties.push(("flaky", "true".to_owned()));
    }
    if case.is_recovered() {
        properties.push(("recovered", "true".to_owned()));
    }
    if let Some(finding) = &result.finding {
        properties.push(("cause", finding.cause.clone()));
    }
    properties.extend(case.owner().map(|owner| ("owner", owner.word().to_owned())));
    properties.extend(case.remedy().map(|remedy| ("remedy", remedy.to_owned())));
    if let Some(suite) = &result.suite {
        properties.push(("survival", suite.survival.to_string()));
        properties.extend(suite.failed_at.as_ref().map(|at| ("failed-at", at.to_string())));
        properties.extend(suite.exit.limit().map(|limit| ("ended-by-vestibule", limit.to_owned())));
    }
    properties.extend(decided(result));
    properties
}

/// Strength and rules of the last decision.
fn decided(result: &CaseResult) -> Vec<(&'static str, String)> {
    let strength = result.strength().map(|strength| ("strength", strength.to_owned()));
    let decision = result.decision();
    let rules: Vec<&str> = decision
        .and_then(|decision| decision["rules"].as_array())
        .into_iter()
        .flatten()
        .filter_map(|rule| rule.as_str().or_else(|| rule["id"].as_str()))
        .collect();
    let rules = (!rules.is_empty()).then(|| ("rules", rules.join(" ")));
    strength.into_iter().chain(rules).collect()
}
