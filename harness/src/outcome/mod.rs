//! The interface between the runner and every report: events, and the outcome folded from them.

mod event;
mod fold;
mod redactor;

pub use event::{Action, CaseInfo, CaseResult, RunEvent, SCHEMA, Verdict};
pub use fold::{CaseOutcome, Counts, ExitCode, RunOutcome};
pub use redactor::{REPLACEMENT, Redactor, RedactorError, SHORTEST};
