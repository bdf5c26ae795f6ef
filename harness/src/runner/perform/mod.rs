//! Performs the logins of a case: our own actors by the steps of a scenario, or the user's own suite.

mod back_channel;
pub(super) mod scripted;
pub(super) mod suite;
mod survival;

use vestibule_model::diagnostic::Diagnostic;

use crate::outcome::{Action, Details, Finding, SuiteResult, Verdict};

/// The result of a performance: the verdict, and what a report shows.
pub(in crate::runner) struct Performed {
    pub(in crate::runner) verdict: Verdict,
    pub(in crate::runner) failures: Vec<Diagnostic>,
    pub(in crate::runner) actions: Vec<Action>,
    /// PNG of the last page, base64.
    pub(in crate::runner) screenshot: Option<String>,
    pub(in crate::runner) finding: Option<Finding>,
    /// What a suite did; its output is redacted with the rest of the result.
    pub(in crate::runner) suite: Option<SuiteResult>,
    pub(in crate::runner) details: Details,
    /// Whether another attempt may end otherwise.
    pub(in crate::runner) may_pass: bool,
}
