//! One attempt at a case, and what it gets from its run.

use super::attempts::Attempts;
use super::run_context::{PauseHook, RunContext};
use crate::browser::WebDriverSession;
use crate::outcome::Verdict;
use crate::scenario::Case;
use crate::scenario::model::{SignInStep, Step};
use crate::stopwatch::Stopwatch;
use crate::suite::Overlay;

/// One attempt at a case in its run.
pub(super) struct CaseContext<'a> {
    pub(super) case: &'a Case,
    /// Started with the attempt.
    pub(super) clock: Stopwatch,
    pub(super) run: &'a RunContext,
    /// What the case has left after this attempt.
    pub(super) attempts: Attempts,
    /// What gives each suite a folder of its own.
    pub(super) overlay: Option<&'a Overlay>,
}

impl CaseContext<'_> {
    /// The hook, where this attempt is the one to pause after: the last of the first case that did not pass.
    pub(super) fn take_pause(&self, verdict: Verdict) -> Option<PauseHook> {
        let mut attempts = self.attempts;
        if verdict == Verdict::Passed || attempts.again(verdict) { None } else { self.run.pause.lock().take() }
    }
}

/// Who performs the logins of a case.
pub(super) enum Performer<'a> {
    /// Our own actors, in this browser.
    Actors(&'a WebDriverSession),
    /// The user's own suite, for these sign-ins. It uses its own browsers.
    Suite(Vec<&'a SignInStep>),
}

/// The sign-ins of a case that a suite performs; `None` if our own actors perform them.
pub(super) fn suite_sign_ins(case: &Case) -> Option<Vec<&SignInStep>> {
    let steps = case.scenario.steps.iter().filter_map(|step| match &step.value {
        Step::SignIn(step) => Some(step.as_ref()),
        _ => None,
    });
    let by_suite: Vec<_> = steps.filter(|step| step.actor.command().is_some()).collect();
    (!by_suite.is_empty()).then_some(by_suite)
}
