//! Who performs the logins of a case.

use crate::browser::WebDriverSession;
use crate::scenario::Case;
use crate::scenario::model::{SignInStep, Step};

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
