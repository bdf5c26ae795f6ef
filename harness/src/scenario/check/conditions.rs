//! Conditions that contradict themselves.

use vestibule_model::diagnostic::Diagnostic;
use vestibule_model::yaml::{ReadError, Span};
use vestibule_model::{GoodEnd, Owner, PageName, Survival};

use super::error;
use crate::scenario::model::{Condition, Expect, Scenario};

/// Everything wrong with the section `condition` of a scenario, if it has one.
pub(super) fn check(scenario: &Scenario) -> Vec<ReadError> {
    let Some(condition) = &scenario.condition else { return Vec::new() };
    let mut errors = words(condition);
    errors.extend(contradiction(condition, &scenario.expect.value));
    if condition.good.value == GoodEnd::Stop && condition.owner.value == Owner::Suite {
        let diagnostic =
            Diagnostic::new("contradicting-condition", "no suite gets home here, so the suite cannot own the fix")
                .note("`good: stop` means that even a good suite stops, so another owner must make a change")
                .hint("name `owner: org-admin` or `owner: idp-admin`, or say `good: home`");
        errors.push(ReadError::new(diagnostic, condition.owner.span, "contradicts `good: stop`"));
    }
    errors
}

fn words(condition: &Condition) -> Vec<ReadError> {
    let mut errors = Vec::new();
    let name = &condition.name;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || !name.chars().all(plain) || name.starts_with('-') {
        let title = format!("`{}` is not a valid condition name", name.value);
        errors.push(error("wrong-value", title, name.span, "write it in lower case with dashes: `passkey-gate`"));
    }
    for (key, text) in [("fact", &condition.fact), ("remedy", &condition.remedy)] {
        if text.trim().is_empty() {
            errors.push(error("wrong-value", format!("`{key}` is empty"), text.span, "one sentence"));
        }
    }
    errors
}

/// A contradiction between what the scenario expects of its own actor and what the condition says about a good suite.
fn contradiction(condition: &Condition, expect: &Expect) -> Option<ReadError> {
    let good = condition.good.value;
    let home = expect_home(expect)?;
    let (says, wants) = match (good, home.reached) {
        (GoodEnd::Stop, true) => ("a good suite stops here", "home"),
        (GoodEnd::Home, false) => ("a good suite reaches home here", "a stop"),
        _ => return None,
    };
    let title = format!("the condition says that {says}, and the scenario expects {wants}");
    let diagnostic = Diagnostic::new("contradicting-condition", title)
        .hint("the scenario must prove the condition: change `good` or the expectation");
    Some(ReadError::new(diagnostic, home.span, "contradicts `good`"))
}

struct Home {
    reached: bool,
    span: Span,
}

fn expect_home(expect: &Expect) -> Option<Home> {
    let survival = expect.survival.as_ref().map(|survival| Home {
        reached: matches!(survival.value, Survival::Survived | Survival::FailedLater),
        span: survival.span,
    });
    let signed_in = expect.signed_in.as_ref().map(|flag| Home { reached: flag.value, span: flag.span });
    let page = expect.page.as_ref().map(|page| Home { reached: page.value == PageName::Home, span: page.span });
    survival.or(signed_in).or(page)
}
