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

    /// When each action was done, in milliseconds since the start.
    pub fn times_ms(&self) -> impl Iterator<Item = u64> {
        self.actions.iter().map(|action| action.at_ms)
    }

    /// Milliseconds since the last page was met first, among the actions from this one on.
    pub(crate) fn page_stood_ms(&self, from: usize) -> Option<u64> {
        let actions = self.actions.get(from..)?;
        let page = &actions.last()?.page;
        let met = actions.iter().rev().take_while(|action| action.page == *page).last()?;
        Some(self.clock.elapsed_ms().saturating_sub(met.at_ms))
    }

    /// The actions as reports show them, oldest first.
    pub(crate) fn into_actions(self) -> Vec<Action> {
        self.actions
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_page_stands_from_its_first_action_on_whatever_the_clock_of_the_realm_does() {
        let url = "https://acme.localhost/";
        let mut trace = Trace::start();
        trace.record(ActionKind::SignOut, PageName::Home, url);
        trace.record(ActionKind::EndSessions, PageName::Username, url);
        std::thread::sleep(Duration::from_millis(50));
        trace.record(ActionKind::AdvanceClock(3600), PageName::Username, url);

        let stood = trace.page_stood_ms(1);

        assert!(stood.is_some_and(|ms| (50..3_600_000).contains(&ms)), "{stood:?}");
        assert_eq!(trace.page_stood_ms(3), None, "nothing was done since");
    }
}
