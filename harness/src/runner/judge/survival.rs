//! The expectation about the user's own suite.

use super::Mismatch;
use crate::outcome::Survival;
use crate::runner::observation::Observation;

pub(super) fn survival(expected: Survival, seen: &Observation) -> Option<Mismatch> {
    let actual = seen.survival?;
    (actual != expected).then(|| Mismatch {
        title: in_words(actual).to_owned(),
        expected: expected.to_string(),
        actual: actual.to_string(),
        notes: seen.finding.iter().map(|finding| finding.sentence.clone()).collect(),
    })
}

/// The verdict on the suite, in one sentence.
pub(in crate::runner) fn in_words(survival: Survival) -> &'static str {
    match survival {
        Survival::Survived => "the suite got home",
        Survival::Stopped => "the login of the suite stopped",
        Survival::FalseGreen => "the suite reports success, but nobody is signed in",
        Survival::FailedLater => "the suite got home and failed later",
    }
}
