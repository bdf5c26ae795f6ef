//! The words that all reports share.

use crate::outcome::{CaseOutcome, CaseResult, Counts, Verdict};

/// The verdict as a word.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::Broken => "broken",
        Verdict::Skipped => "skipped",
    }
}

/// The result of a case as a word: its verdict, or that it passed only on a retry.
pub(super) fn ending(case: &CaseOutcome) -> &'static str {
    if case.is_flaky() { "flaky" } else { verdict(case.verdict()) }
}

/// A duration for people: `0.6 s`, `2 min 5 s`.
pub(super) fn duration(ms: u64) -> String {
    let tenths = ms.saturating_add(50) / 100;
    if tenths < 600 {
        return format!("{}.{} s", tenths / 10, tenths % 10);
    }
    let seconds = ms.saturating_add(500) / 1000;
    format!("{} min {} s", seconds / 60, seconds % 60)
}

/// `1 case`, `2 cases`.
pub(crate) fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("{count} {noun}") } else { format!("{count} {noun}s") }
}

/// The parts of a text, and whether each was between backticks. A backtick without a partner stays as it is.
pub(super) fn marked(text: &str) -> Vec<(&str, bool)> {
    let parts: Vec<_> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return vec![(text, false)];
    }
    parts.into_iter().zip([false, true].into_iter().cycle()).filter(|(part, _)| !part.is_empty()).collect()
}

/// Each verdict that occurs, with its count, in the order of the outcome.
pub(super) fn counted(counts: &Counts) -> Vec<(Verdict, usize)> {
    [
        (Verdict::Passed, counts.passed),
        (Verdict::Failed, counts.failed),
        (Verdict::Broken, counts.broken),
        (Verdict::Skipped, counts.skipped),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .collect()
}

/// The pages that the browser was on, without repeats in a row: `username -> password -> home`.
pub(super) fn path_of_pages(result: &CaseResult) -> Option<String> {
    let pages = result.pages();
    (!pages.is_empty()).then(|| pages.join(" -> "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stands_between_backticks() {
        assert_eq!(
            marked("click `#Login`, then `#save`"),
            [("click ", false), ("#Login", true), (", then ", false), ("#save", true)]
        );
        assert_eq!(marked("an odd ` stays"), [("an odd ` stays", false)]);
    }

    #[test]
    fn durations_are_rounded_and_never_overflow() {
        for (ms, expected) in [
            (0, "0.0 s"),
            (49, "0.0 s"),
            (50, "0.1 s"),
            (1_250, "1.3 s"),
            (59_949, "59.9 s"),
            (59_950, "1 min 0 s"),
            (125_400, "2 min 5 s"),
            (u64::MAX, "307445734561825 min 51 s"),
        ] {
            assert_eq!(duration(ms), expected, "{ms}");
        }
    }
}
