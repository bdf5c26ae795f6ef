//! The expectation on a suite of the user's own.

use super::Mismatch;
use crate::outcome::Survival;
use crate::runner::observation::Observation;
use crate::scenario::model::SurvivalName;

pub(super) fn survival(expected: SurvivalName, seen: &Observation) -> Option<Mismatch> {
    let actual = name(seen.survival?);
    (actual != expected).then(|| Mismatch {
        title: in_words(actual).to_owned(),
        expected: expected.to_string(),
        actual: actual.to_string(),
        notes: seen.finding.iter().map(|finding| finding.sentence.clone()).collect(),
    })
}

/// What became of the suite, one sentence.
pub(in crate::runner) fn in_words(survival: SurvivalName) -> &'static str {
    match survival {
        SurvivalName::Survived => "the suite got home",
        SurvivalName::Stopped => "the suite did not get home",
        SurvivalName::FalseGreen => "the suite says success, and nobody is signed in",
        SurvivalName::FailedLater => "the suite got home and failed after it",
    }
}

/// The judgement in the words of scenario files.
pub(in crate::runner) fn name(survival: Survival) -> SurvivalName {
    match survival {
        Survival::Survived => SurvivalName::Survived,
        Survival::Stopped => SurvivalName::Stopped,
        Survival::FalseGreen => SurvivalName::FalseGreen,
        Survival::FailedLater => SurvivalName::FailedLater,
    }
}
