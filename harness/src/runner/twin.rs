//! Verdicts, including those of `must-fail` twins.

use vestibule_model::diagnostic::Diagnostic;

use super::judge::Failure;
use crate::outcome::Verdict;
use crate::scenario::Case;

/// The verdict on a case whose steps were performed. A twin passes only if the expectation that it names fails.
pub(super) fn verdict(case: &Case, failures: Vec<Failure>) -> (Verdict, Vec<Diagnostic>) {
    let Some(because) = case.must_fail_because else {
        let verdict = if failures.is_empty() { Verdict::Passed } else { Verdict::Failed };
        return (verdict, failures.into_iter().map(|failure| failure.diagnostic).collect());
    };
    if failures.iter().any(|failure| failure.expectation == because) {
        return (Verdict::Passed, Vec::new());
    }
    let title = if failures.is_empty() {
        format!("the twin passed: the change does not make `{because}` fail")
    } else {
        format!("the twin failed for a reason other than `{because}`")
    };
    let mut diagnostics = vec![
        Diagnostic::new("twin-survived", title)
            .hint("choose a change that breaks what the scenario shows, or correct `because`"),
    ];
    diagnostics.extend(failures.into_iter().map(|failure| failure.diagnostic));
    (Verdict::Failed, diagnostics)
}
