//! JUnit XML, for the test view of a CI service: the schema of Maven Surefire, with its elements for attempts that did
//! not pass, and the properties that Jenkins and GitLab read.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};

use super::case_facts;
use super::case_text::{description, headline, transcript};
use super::format::ReportFormat;
use super::survive::{self, Ending};
use crate::outcome::{CaseOutcome, CaseResult, RunOutcome, Verdict};

#[cfg(test)]
mod tests;

/// The run as JUnit XML.
pub(super) const FORMAT: ReportFormat = ReportFormat {
    name: "JUnit",
    file: "junit.xml",
    flag: "report-junit",
    variable: "VESTIBULE_REPORT_JUNIT",
    render: |outcome, screenshots| Ok(junit(outcome, screenshots)?),
};

/// A suite per file, a failure for each failed case, an error for each broken case. `attachment` is the path of a
/// case's screenshot as the report shows it.
fn junit(
    outcome: &RunOutcome,
    attachment: &dyn Fn(&CaseOutcome) -> Option<String>,
) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("vestibule");
    report.set_time(Duration::from_millis(outcome.duration_ms));
    report.timestamp = outcome.started_at.parse().ok();

    for cases in outcome.cases.chunk_by(|a, b| a.info.file == b.info.file) {
        let file = cases.first().map_or("", |case| case.info.file.as_str());
        let mut suite = TestSuite::new(file);
        suite.set_time(cases.iter().map(duration).sum());
        suite.timestamp = outcome.started_at.parse().ok();
        suite.add_test_cases(cases.iter().map(|case| test_case(case, attachment(case))));
        report.add_test_suite(suite);
    }
    report.to_string()
}

fn test_case(case: &CaseOutcome, attachment: Option<String>) -> TestCase {
    let mut test = TestCase::new(&*case.info.name_of_run(), status(case));
    test.set_classname(case.info.file.as_str());
    test.set_time(duration(case));
    test.extra.insert("file".into(), case.info.file.as_str().into());
    test.extra.insert("line".into(), case.info.line.to_string().into());
    test.add_properties(case_facts::of(case).into_iter().map(|(name, value)| Property::new(name, value)));
    let parts = [case.result.as_ref().map(transcript), attachment.map(|path| format!("[[ATTACHMENT|{path}]]"))];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    if !parts.is_empty() {
        test.set_system_out(parts.join("\n"));
    }
    test
}

fn status(case: &CaseOutcome) -> TestCaseStatus {
    let result = match &case.result {
        Some(result) if result.verdict != Verdict::Skipped => result,
        skipped => {
            let mut status = TestCaseStatus::skipped();
            let why = skipped.as_ref().and_then(|result| result.failures.first());
            status.set_message(why.map_or("not run: the run ended before it", |why| why.title.as_str()));
            return status;
        }
    };
    // What is not simulated is no failure of the suite.
    let not_simulated = survive::ending(case) == Some(Ending::NotSimulated);
    let kind = if not_simulated { Some(NonSuccessKind::Error) } else { kind(result.verdict) };
    let mut status = match kind {
        None => TestCaseStatus::success(),
        Some(kind) => TestCaseStatus::non_success(kind),
    };
    if let Some((message, kind)) = headline(case, result) {
        status.set_message(&*message).set_type(kind);
    }
    if !result.failures.is_empty() {
        status.set_description(description(result, case.owner(), case.remedy()));
    }
    status.add_reruns(case.earlier.iter().filter_map(rerun));
    status
}

/// An attempt that was not the last one.
fn rerun(attempt: &CaseResult) -> Option<TestRerun> {
    let mut rerun = TestRerun::new(kind(attempt.verdict)?);
    rerun.set_time(Duration::from_millis(attempt.duration_ms));
    if let Some(headline) = attempt.failures.first() {
        rerun.set_message(headline.title.as_str()).set_type(headline.code.as_str());
    }
    let finding = attempt.finding.as_ref();
    let (owner, remedy) = (finding.map(|finding| finding.owner), finding.map(|finding| finding.remedy.as_str()));
    rerun.set_stack_trace(description(attempt, owner, remedy));
    let transcript = transcript(attempt);
    if !transcript.is_empty() {
        rerun.set_system_out(transcript);
    }
    Some(rerun)
}

fn kind(verdict: Verdict) -> Option<NonSuccessKind> {
    match verdict {
        Verdict::Broken => Some(NonSuccessKind::Error),
        Verdict::Failed => Some(NonSuccessKind::Failure),
        Verdict::Passed | Verdict::Skipped => None,
    }
}

fn duration(case: &CaseOutcome) -> Duration {
    Duration::from_millis(case.result.as_ref().map_or(0, |result| result.duration_ms))
}
