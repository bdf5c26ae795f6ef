//! Compares what a scenario says with what happened: the browser's page, the realm's journal and its own state.
//!
//! Nothing here asks the rules: that would only compare the rules with themselves.

mod browser;
mod cause;
mod context;
mod decision;
mod journal;
mod snapshot;
mod survival;

pub(super) use context::{JudgeContext, SnapshotContext};
pub(super) use survival::in_words;

use vestibule_model::diagnostic::Diagnostic;
use vestibule_model::yaml::Span;

use super::error::Broken;
use super::observation::Observation;
use crate::scenario::Case;
use crate::scenario::model::{Expect, Expectation};

/// An expectation that did not hold.
pub(super) struct Failure {
    /// Which one.
    pub(super) expectation: Expectation,
    /// The message, with a caret into the scenario.
    pub(super) diagnostic: Diagnostic,
}

/// What was found in place of what was expected.
pub(super) struct Mismatch {
    /// One sentence: what is wrong with the login.
    pub(super) title: String,
    /// What the file says.
    pub(super) expected: String,
    /// What was found.
    pub(super) actual: String,
    /// Evidence.
    pub(super) notes: Vec<String>,
}

/// Every expectation that did not hold, in the order of the list of expectations.
pub(super) async fn judge(expect: &Expect, context: &JudgeContext<'_>) -> Result<Vec<Failure>, Broken> {
    let mut failures = Vec::new();
    for (expectation, span) in expect.entries() {
        if let Some(mismatch) = mismatch(expectation, expect, context).await? {
            let evidence = if failures.is_empty() { evidence(context.observation) } else { Vec::new() };
            failures.push(failure(context.case, expectation, span, mismatch, evidence));
        }
    }
    Ok(failures)
}

async fn mismatch(
    expectation: Expectation,
    expect: &Expect,
    context: &JudgeContext<'_>,
) -> Result<Option<Mismatch>, Broken> {
    let seen = context.observation;
    Ok(match expectation {
        Expectation::SignedIn => match &expect.signed_in {
            Some(flag) => browser::signed_in(flag.value, context)?,
            None => None,
        },
        Expectation::Page => {
            let view = context.browser(expectation)?;
            expect.page.as_ref().and_then(|name| browser::page(name.value, view))
        }
        Expectation::Url => {
            let view = context.browser(expectation)?;
            expect.url.as_ref().and_then(|part| browser::url(&part.value, view))
        }
        Expectation::Text => {
            let view = context.browser(expectation)?;
            expect.text.as_ref().and_then(|part| browser::text(&part.value, view))
        }
        Expectation::Cookie => {
            let view = context.browser(expectation)?;
            match &expect.cookie {
                Some(cookie) => browser::cookie(&cookie.value, view, context).await?,
                None => None,
            }
        }
        Expectation::Survival => expect.survival.as_ref().and_then(|name| survival::survival(name.value, seen)),
        Expectation::Journal => expect.journal.as_ref().and_then(|items| journal::events(&items.value, seen)),
        Expectation::LoginHistory => {
            expect.login_history.as_ref().and_then(|rows| journal::login_history(&rows.value, seen))
        }
        Expectation::Signals => expect.signals.as_ref().and_then(|values| journal::signals(&values.value, seen)),
        Expectation::Strength => expect.strength.as_ref().and_then(|tier| decision::strength(tier.value, seen)),
        Expectation::Outcome => expect.outcome.as_ref().and_then(|name| decision::outcome(name.value, seen)),
        Expectation::Rules => expect.rules.as_ref().and_then(|rules| decision::rules(&rules.value, seen)),
        Expectation::Cause => match &expect.cause {
            Some(cause) => cause::compare(&cause.value, seen)?,
            None => None,
        },
        Expectation::Snapshot => match &expect.snapshot {
            Some(plan) => snapshot::compare(&plan.value, context)?,
            None => None,
        },
    })
}

fn failure(case: &Case, expectation: Expectation, span: Span, found: Mismatch, evidence: Vec<String>) -> Failure {
    let label = format!("expected: {}\nactual:   {}", found.expected, found.actual);
    let mut diagnostic = Diagnostic::new(format!("{expectation}-differs"), found.title).at(case.place(span, label));
    for note in found.notes.into_iter().chain(evidence) {
        diagnostic = diagnostic.note(note);
    }
    Failure { expectation, diagnostic }
}

/// Why the actor stopped and what the org decided; shown once, with the first failure.
fn evidence(seen: &Observation) -> Vec<String> {
    let stopped = seen.stopped.as_ref().map(|why| format!("the actor stopped: {why}"));
    stopped.into_iter().chain(decision::evidence(seen)).collect()
}
