//! What a case gets from its run.

use parking_lot::Mutex;

use super::attempts::Attempts;
use super::options::RunOptions;
use super::run_context::RunContext;
use crate::browser::WebDriverSession;
use crate::outcome::Verdict;
use crate::scenario::Case;
use crate::scenario::model::{SignInStep, Step};

/// Called once, with the title of the first case that did not pass; returns when the user continues.
pub(crate) type PauseHook = Box<dyn FnOnce(&str) + Send>;

/// Everything that a case needs from the run.
pub(super) struct CaseContext<'a> {
    pub(super) run: &'a RunContext,
    pub(super) options: &'a RunOptions,
    /// What the case has left after this attempt.
    pub(super) attempts: Attempts,
    /// Until the run has paused.
    pub(super) pause: &'a Mutex<Option<PauseHook>>,
}

impl CaseContext<'_> {
    /// The hook, where this attempt is the one to pause after: the last of the first case that did not pass.
    pub(super) fn take_pause(&self, verdict: Verdict) -> Option<PauseHook> {
        let mut attempts = self.attempts;
        if verdict == Verdict::Passed || attempts.again(verdict) { None } else { self.pause.lock().take() }
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
