//! The actions of one case.

use vestibule_model::PageName;

use super::action::ActionKind;
use super::redact::redact_url;
use crate::outcome::Action;
use crate::stopwatch::Stopwatch;

/// The timeline of one case.
#[derive(Debug)]
pub struct Trace {
    clock: Stopwatch,
    actions: Vec<Action>,
    kinds: Vec<ActionKind>,
}

impl Trace {
    /// An empty timeline whose zero is now.
    pub fn start() -> Self {
        Self { clock: Stopwatch::start(), actions: Vec::new(), kinds: Vec::new() }
    }

    /// Records an action with the page after it. The URL is redacted here.
    pub(crate) fn record(&mut self, kind: ActionKind, page: PageName, url: &str) {
        let at_ms = self.clock.elapsed_ms();
        self.actions.push(Action { at_ms, what: kind.to_string(), page: page.to_string(), url: redact_url(url) });
        self.kinds.push(kind);
    }

    /// What was done, oldest first.
    pub(crate) fn kinds(&self) -> &[ActionKind] {
        &self.kinds
    }

    /// The actions as reports show them, oldest first.
    pub(crate) fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// The actions as reports show them, oldest first.
    pub(crate) fn into_actions(self) -> Vec<Action> {
        self.actions
    }
}
