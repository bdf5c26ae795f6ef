//! One attempt at a case, and what it gets from its run.

use super::attempts::Attempts;
use super::run_context::{PauseHook, RunContext};
use crate::outcome::Verdict;
use crate::scenario::Case;
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
