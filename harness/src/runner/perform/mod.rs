//! Performs the logins of a case: our own actors by the steps of a scenario, or the user's own suite.

mod back_channel;
mod product;
pub(super) mod scripted;
pub(super) mod suite;
mod survival;

use crate::outcome::CaseResult;

/// The result of a performance.
pub(in crate::runner) struct Performed {
    /// The result of the case, still without the realm's journal and Login History.
    pub(in crate::runner) result: CaseResult,
    /// Whether another attempt may end otherwise.
    pub(in crate::runner) may_pass: bool,
}
