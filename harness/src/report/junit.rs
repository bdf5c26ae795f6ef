//! JUnit XML, for the test view of a build service.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};
use vestibule_simulator::diagnostic;

use super::wording;
use crate::outcome::{CaseOutcome, CaseResult, RunOutcome, Verdict};

#[cfg(test)]
mod tests;

/// The run could not be written as XML.
#[derive(Debug, thiserror::Error)]
#[error("write the JUnit report")]
pub struct JunitError(#[from] quick_junit::SerializeError);

/// The run as JUnit XML: a suite per file, a failure for each failed case, an error for each broken one.
///
/// # Errors
/// Where the XML cannot be formed.
pub fn junit(outcome: &RunOutcome) -> Result<String, JunitError> {
    let mut report = Report::new("vestibule");
    report.set_time(Duration::from_millis(outcome.duration_ms));
    report.timestamp = outcome.started_at.parse().ok();

    for cases in outcome.cases.chunk_by(|a, b| a.info.file == b.info.file) {
        let file = cases.first().map_or("", |case| case.info.file.as_str());
        let mut suite = TestSuite::new(file);
        suite.set_time(cases.iter().map(duration).sum());
        suite.timestamp = outcome.started_at.parse().ok();
        suite.add_test_cases(cases.iter().map(test_case));
        report.add_test_suite(suite);
    }
    Ok(report.to_string()?)
}

fn test_case(case: &CaseOutcome) -> TestCase {
    let mut test = TestCase::new(case.info.title.as_str(), status(case));
    test.set_classname(case.info.file.as_str());
    test.set_time(duration(case));
    test.extra.insert("file".into(), case.info.file.as_str().into());
    test.extra.insert("line".into(), case.info.line.to_string().into());
    test.add_property(Property::new("id", case.info.id.as_str()));
    test.add_property(Property::new("file", case.info.file.as_str()));
    test.add_property(Property::new("line", case.info.line.to_string()));
    test.add_properties(case.info.tags.iter().map(|tag| Property::new("tag", tag.as_str())));
    if let Some(result) = case.result.as_ref().filter(|result| !result.actions.is_empty()) {
        test.set_system_out(walked(result));
    }
    test
}

fn status(case: &CaseOutcome) -> TestCaseStatus {
    let result = match &case.result {
        Some(result) if result.verdict != Verdict::Skipped => result,
        _ => return TestCaseStatus::skipped(),
    };
    let kind = match result.verdict {
        Verdict::Broken => NonSuccessKind::Error,
        Verdict::Failed => NonSuccessKind::Failure,
        Verdict::Passed | Verdict::Skipped => return TestCaseStatus::success(),
    };
    let mut status = TestCaseStatus::non_success(kind);
    if let Some(headline) = result.failures.first() {
        status.set_message(headline.title.as_str()).set_type(headline.code.as_str());
    }
    let failures: Vec<String> =
        result.failures.iter().map(|failure| diagnostic::render(failure, false, WIDTH)).collect();
    status.set_description(failures.join("\n\n"));
    status
}

/// What the actor did, a line each.
fn walked(result: &CaseResult) -> String {
    let line = |action: &crate::outcome::Action| {
        format!("{:>6} ms  {} -> {} {}", action.at_ms, action.what, action.page, action.url)
    };
    let mut lines: Vec<String> = result.actions.iter().map(line).collect();
    lines.extend(wording::path_of_pages(result).map(|pages| format!("pages: {pages}")));
    lines.join("\n")
}

fn duration(case: &CaseOutcome) -> Duration {
    Duration::from_millis(case.result.as_ref().map_or(0, |result| result.duration_ms))
}

/// Build services show the text in a narrow pane.
const WIDTH: usize = 100;
