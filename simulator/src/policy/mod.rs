//! The rules, pure: no I/O, no clock, no randomness.
//!
//! `decide(rulebook, org, user, evidence, date) -> Decision` is total; the rulebook is data (`rulebooks/*.yaml`), every
//! value with its source and a confidence mark.

mod decision;
mod evidence;
mod rulebook;
pub mod terms;

pub use decision::{BlockReason, Decision, FiredRule, Outcome, decide};
pub use evidence::{Evidence, OrgFacts, UserFacts};
pub use rulebook::{Confidence, Rulebook};
