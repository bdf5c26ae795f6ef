//! Whether a case is retried.

use crate::outcome::Verdict;

/// The attempts that a case has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attempts {
    after_failure: u32,
    after_trouble: u32,
}

impl Attempts {
    /// After a failed expectation, as many more as `--retries` says. After trouble with the browser, the driver or the
    /// machine, which says nothing about the login, always one more; three where the browser is on another machine, which may
    /// end, as may the next.
    pub(super) fn new(retries: u32, browser_is_elsewhere: bool) -> Self {
        Self { after_failure: retries, after_trouble: if browser_is_elsewhere { 3 } else { 1 } }
    }

    /// Whether another attempt follows one with this verdict. Counts that attempt.
    pub(super) fn again(&mut self, verdict: Verdict) -> bool {
        let left = match verdict {
            Verdict::Passed | Verdict::Skipped => return false,
            Verdict::Failed => &mut self.after_failure,
            Verdict::Broken => &mut self.after_trouble,
        };
        let again = *left > 0;
        *left = left.saturating_sub(1);
        again
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Broken, Failed, Passed, Skipped};

    /// How many of these verdicts are used.
    fn attempts(retries: u32, elsewhere: bool, verdicts: &[Verdict]) -> usize {
        let mut attempts = Attempts::new(retries, elsewhere);
        1 + verdicts.iter().take_while(|verdict| attempts.again(**verdict)).count()
    }

    #[test]
    fn failures_are_tried_again_as_often_as_asked_for_and_trouble_once() {
        for (retries, verdicts, expected) in [
            (0, &[Passed][..], 1),
            (0, &[Failed, Failed], 1),
            (2, &[Failed, Failed, Failed, Failed], 3),
            (2, &[Failed, Passed, Failed], 2),
            (0, &[Broken, Broken, Broken], 2),
            (0, &[Broken, Failed, Failed], 2),
            (1, &[Broken, Failed, Broken, Failed], 3),
            (1, &[Failed, Broken, Failed, Failed], 3),
            (3, &[Skipped, Failed], 1),
        ] {
            assert_eq!(attempts(retries, false, verdicts), expected, "{retries} retries, {verdicts:?}");
        }
        assert_eq!(attempts(0, true, &[Broken; 9]), 4, "a browser on another machine");
    }
}
