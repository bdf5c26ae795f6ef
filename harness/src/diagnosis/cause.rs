//! A row of the table: one reason for which logins stop.

use super::Evidence;
use crate::outcome::{Finding, Owner};

/// One reason for which logins stop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cause {
    /// Stable id: `gate-not-handled`.
    pub id: &'static str,
    /// What happens, one sentence that holds for every login with this cause.
    pub what: &'static str,
    /// The evidence that it needs.
    pub needs: &'static str,
    /// Who owns the fix.
    pub owner: Owner,
    /// The fix, in one sentence.
    pub remedy: &'static str,
    /// The public URL of the fact behind it.
    pub fact: &'static str,
    /// Looks for the evidence; `None` where it is not complete.
    pub(super) prove: fn(&Evidence) -> Option<Proof>,
}

/// Complete evidence for a cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proof {
    /// What happened, filled with the facts of this login.
    pub(super) sentence: String,
    /// What was seen that says so.
    pub(super) evidence: Vec<String>,
    /// Whether another cause lies behind this one, which would be found but for the exit code.
    pub(super) hides_another: bool,
}

impl Proof {
    /// A sentence without evidence yet.
    pub(super) fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), evidence: Vec::new(), hides_another: false }
    }

    /// The same with one more piece of evidence.
    pub(super) fn because(mut self, evidence: impl Into<String>) -> Self {
        self.evidence.push(evidence.into());
        self
    }
}

impl Cause {
    /// The finding of this cause.
    pub(super) fn finding(&self, proof: Proof) -> Finding {
        Finding {
            cause: self.id.to_owned(),
            sentence: proof.sentence,
            evidence: proof.evidence,
            owner: self.owner,
            remedy: self.remedy.to_owned(),
            fact: self.fact.to_owned(),
        }
    }
}
