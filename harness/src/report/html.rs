//! The report as one HTML file that needs nothing else: no network, no script, no font.

use askama::Template;

use super::wording;
use crate::outcome::{RunOutcome, Verdict};

#[cfg(test)]
mod tests;
mod view;

use view::CaseView;

/// The run as one self-contained HTML file.
///
/// # Errors
/// Where the template cannot be filled.
pub fn html(outcome: &RunOutcome) -> Result<String, askama::Error> {
    let verdicts = [Verdict::Failed, Verdict::Broken, Verdict::Passed, Verdict::Skipped];
    let counts = outcome.counts();
    let count_of =
        |verdict| wording::counted(&counts).iter().find(|(v, _)| *v == verdict).map_or(0, |(_, count)| *count);
    Page {
        headline: headline(outcome),
        total: outcome.cases.len(),
        counts: verdicts.map(|verdict| (wording::verdict(verdict), count_of(verdict))).to_vec(),
        started_at: &outcome.started_at,
        duration: wording::duration(outcome.duration_ms),
        browser: outcome.browser.as_deref(),
        workers: wording::plural(outcome.workers, "worker"),
        version: &outcome.version,
        incomplete: incomplete(outcome),
        cases: view::cases(outcome),
    }
    .render()
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    headline: String,
    total: usize,
    /// Word and count of each verdict, the ones that need a person first.
    counts: Vec<(&'static str, usize)>,
    started_at: &'a str,
    duration: String,
    browser: Option<&'a str>,
    workers: String,
    version: &'a str,
    incomplete: Option<&'static str>,
    cases: Vec<CaseView<'a>>,
}

fn headline(outcome: &RunOutcome) -> String {
    let counts = outcome.counts();
    let said: Vec<String> = [(Verdict::Failed, counts.failed), (Verdict::Broken, counts.broken)]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(verdict, count)| format!("{count} {}", wording::verdict(verdict)))
        .collect();
    match (outcome.cases.len(), said.is_empty()) {
        (0, _) => "no case was selected".to_owned(),
        (total, true) if counts.passed == total => format!("{} passed", wording::plural(total, "case")),
        (total, true) => format!("{} of {} passed", counts.passed, wording::plural(total, "case")),
        (total, false) => format!("{} of {}", said.join(", "), wording::plural(total, "case")),
    }
}

fn incomplete(outcome: &RunOutcome) -> Option<&'static str> {
    if outcome.interrupted {
        Some("The run was interrupted. Cases that did not finish are listed as skipped.")
    } else if !outcome.finished {
        Some("The run did not finish. This is what it had reached.")
    } else {
        None
    }
}
