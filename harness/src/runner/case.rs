//! One case: set up, perform, observe, judge.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use vestibule_model::diagnostic::Diagnostic;
use vestibule_redactor::Redactor;

use super::case_context::CaseContext;
use super::case_env::CaseEnv;
use super::details;
use super::error::Broken;
use super::perform::{Performed, scripted, suite};
use super::performer::Performer;
use crate::outcome::{CaseResult, Verdict};
use crate::stopwatch::Stopwatch;

/// The result of a case, with the redactor that knows its secrets.
pub(super) struct Executed {
    pub(super) result: CaseResult,
    pub(super) redactor: Redactor,
    /// Whether another attempt may end otherwise.
    pub(super) may_pass: bool,
}

/// Runs one case.
pub(super) async fn run_case(performer: &Performer<'_>, context: &CaseContext<'_>) -> Executed {
    attempt(performer, context).await.unwrap_or_else(|error| Executed::broken(&error, &context.clock))
}

async fn attempt(performer: &Performer<'_>, context: &CaseContext<'_>) -> Result<Executed, Broken> {
    let spec = suite::realm_spec(context.case, performer, &context.run.options.suite);
    let mut env = CaseEnv::start(context.case, spec, &context.run.certs).await?;
    let performing = async {
        match performer {
            Performer::Actors(session) => Ok(scripted::perform(&mut env, session, context).await),
            Performer::Suite(steps) => suite::perform(&env, steps, context).await,
        }
    };
    // A panic is caught where the secrets of the case are known: its message may hold one, as any error may.
    let performed = AssertUnwindSafe(performing).catch_unwind().await;
    let performed = performed.unwrap_or_else(|panic| Err(Broken::panicked(panic.as_ref())));
    let redactor = Redactor::new(env.secrets())?;
    let Performed { result, may_pass } = match performed {
        Ok(performed) => performed,
        Err(error) => return Ok(Executed { redactor, ..Executed::broken(&error, &context.clock) }),
    };
    let result = CaseResult {
        journal: details::journal(&env.realm, context.clock.elapsed()),
        login_history: values(&env.realm.login_history.all()),
        ..result
    };
    Ok(Executed { result, redactor, may_pass })
}

impl Executed {
    pub(super) fn broken(error: &Broken, clock: &Stopwatch) -> Self {
        let result = CaseResult::new(Verdict::Broken, clock.elapsed_ms(), vec![error.diagnostic()]);
        Self { result, redactor: Redactor::default(), may_pass: error.may_pass() }
    }

    /// A case for which there is no browser.
    pub(super) fn without_browser(why: Diagnostic) -> Self {
        let result = CaseResult::new(Verdict::Broken, 0, vec![why]);
        Self { result, redactor: Redactor::default(), may_pass: false }
    }

    /// A case that was abandoned.
    pub(super) fn interrupted() -> Self {
        let why = Diagnostic::new("interrupted", "the run was interrupted during this case");
        let result = CaseResult::new(Verdict::Skipped, 0, vec![why]);
        Self { result, redactor: Redactor::default(), may_pass: false }
    }
}

fn values<T: serde::Serialize>(items: &[T]) -> Vec<serde_json::Value> {
    items.iter().filter_map(|item| serde_json::to_value(item).ok()).collect()
}
