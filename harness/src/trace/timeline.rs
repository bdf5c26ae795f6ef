//! The actions of one case.

use vestibule_model::PageName;

use super::redact::redact_url;
use crate::outcome::Action;
use crate::stopwatch::Stopwatch;

/// The timeline of one case.
#[derive(Debug)]
pub struct Trace {
    clock: Stopwatch,
    actions: Vec<Action>,
}

impl Trace {
    /// An empty timeline whose zero is now.
    pub fn start() -> Self {
        Self { clock: Stopwatch::start(), actions: Vec::new() }
    }

    /// Records an action with the page after it. The text names fields and buttons, never what was typed; the URL is
    /// redacted here.
    pub fn record(&mut self, what: impl Into<String>, page: PageName, url: &str) {
        let at_ms = self.clock.elapsed_ms();
        self.actions.push(Action { at_ms, what: what.into(), page: page.to_string(), url: redact_url(url) });
    }

    /// The actions, oldest first.
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// The actions, oldest first.
    pub fn into_actions(self) -> Vec<Action> {
        self.actions
    }
}
