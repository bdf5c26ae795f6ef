//! The expectation about the named cause.

use super::Mismatch;
use crate::runner::error::Broken;
use crate::runner::observation::Observation;
use crate::scenario::model::Expectation;

pub(super) fn compare(expected: &str, seen: &Observation) -> Result<Option<Mismatch>, Broken> {
    seen.user_of(Expectation::Cause)?;
    let found = seen.finding.as_ref();
    let actual = found.map_or(NONE, |finding| finding.cause.as_str());
    Ok((actual != expected).then(|| Mismatch {
        title: match found {
            Some(finding) => format!("the login stopped for a different cause: {}", finding.cause),
            None => "the login did not stop".to_owned(),
        },
        expected: expected.to_owned(),
        actual: actual.to_owned(),
        notes: found.map(|finding| finding.sentence.clone()).into_iter().collect(),
    }))
}

/// What a scenario writes if the login must not have stopped.
pub(super) const NONE: &str = "none";
