//! What can still be wrong in a typed scenario: unknown names and impossible expectations.

mod conditions;
mod expectations;
mod names;
mod suite;

use std::collections::BTreeMap;

use vestibule_model::diagnostic::Diagnostic;
use vestibule_model::yaml::{ReadError, Span, Spanned};

use super::model::{Expect, Expectation, Scenario, Step};
use super::rows::TwinTree;

/// The names that this folder cannot look up itself, because other folders own them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// Presets of identity providers: `okta`.
    pub presets: Vec<String>,
    /// Names of rulebooks: `salesforce-2026-05-05`.
    pub rulebooks: Vec<String>,
    /// Ids of rules: `sso-signal-phishing-resistant`.
    pub rules: Vec<String>,
    /// Ids of causes: `gate-not-handled`.
    pub causes: Vec<String>,
    /// Events of the journal, `verifier-enrolled`, each with its fields.
    pub events: BTreeMap<String, BTreeMap<String, FieldWords>>,
}

/// What a field of an event can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldWords {
    /// Any value.
    Any,
    /// If it is a text, one of these.
    OneOf(Vec<String>),
}

/// Everything wrong with a case.
pub(super) fn check(scenario: &Scenario, vocabulary: &Vocabulary) -> Vec<ReadError> {
    let mut errors = Vec::new();
    if scenario.title.trim().is_empty() {
        errors.push(error("empty-title", "the title is empty", scenario.title.span, "say what the scenario shows"));
    }
    if scenario.steps.is_empty() {
        let title = "the scenario has no steps: nothing would happen";
        errors.push(error("no-steps", title, scenario.title.span, "this scenario needs `steps`"));
    }
    if all_expectations(scenario).is_empty() {
        let title = "the scenario expects nothing: it could not fail";
        errors.push(error("nothing-expected", title, scenario.title.span, "this scenario needs `expect`"));
    }
    errors.extend(names::check(scenario, vocabulary));
    errors.extend(expectations::check(scenario));
    errors.extend(suite::check(scenario));
    errors.extend(conditions::check(scenario));
    errors
}

/// Every unknown word that is wrong by itself, whatever else the scenario says.
pub(super) fn words(scenario: &Scenario, vocabulary: &Vocabulary) -> Vec<ReadError> {
    names::words(scenario, vocabulary)
}

/// Everything wrong with a twin: its names, and whether it can make the case fail at all.
pub(super) fn check_twin(
    scenario: &Scenario,
    changed: &Scenario,
    twin: &TwinTree,
    vocabulary: &Vocabulary,
) -> Vec<ReadError> {
    let mut errors = names::check(changed, vocabulary);
    errors.extend(suite::check(changed));
    if scenario == changed {
        let title = "the change of `must-fail` changes nothing: these are the scenario's own values";
        errors.push(error("must-fail-without-change", title, twin.change, "no difference"));
    }
    let because = twin.because.value;
    if !all_expectations(scenario).contains(&because) {
        let title = format!("`must-fail` names `{because}`, which this scenario does not expect");
        errors.push(error("unknown-expectation", title, twin.because.span, "not among the expectations"));
    }
    errors
}

/// The expectations of the steps and the last ones, each with the steps before it.
fn moments(scenario: &Scenario) -> impl Iterator<Item = (&Expect, &[Spanned<Step>])> {
    let steps = scenario.steps.as_slice();
    let between = steps.iter().enumerate().filter_map(move |(at, step)| match &step.value {
        Step::Expect(expect) => Some((expect.as_ref(), &steps[..at])),
        _ => None,
    });
    between.chain([(&scenario.expect.value, steps)])
}

/// The final expectations and those of the steps.
pub(super) fn expects(scenario: &Scenario) -> impl Iterator<Item = &Expect> {
    moments(scenario).map(|(expect, _)| expect)
}

fn all_expectations(scenario: &Scenario) -> Vec<Expectation> {
    expects(scenario).flat_map(|expect| expect.entries().into_iter().map(|(name, _)| name)).collect()
}

fn error(code: &str, title: impl Into<String>, span: Span, label: impl Into<String>) -> ReadError {
    ReadError::new(Diagnostic::new(code, title), span, label)
}
