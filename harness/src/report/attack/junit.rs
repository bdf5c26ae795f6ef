//! JUnit XML: a suite for each family, a failure for each finding.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Shown, sentence};
use crate::outcome::{AttackOutcome, AttackedCase, Conclusion};

/// The results as JUnit XML.
pub(super) fn junit(outcome: &AttackOutcome) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("vestibule attack");
    report.set_time(Duration::from_millis(outcome.duration_ms));
    report.timestamp = outcome.started_at.parse().ok();
    let mut cases: Vec<&AttackedCase> = outcome.cases.iter().collect();
    cases.sort_by_key(|attacked| attacked.case.family);
    for family in cases.chunk_by(|a, b| a.case.family == b.case.family) {
        let name = family.first().map(|attacked| attacked.case.family.to_string()).unwrap_or_default();
        let mut suite = TestSuite::new(&*name);
        suite.set_time(family.iter().map(|attacked| duration(attacked)).sum());
        suite.timestamp = outcome.started_at.parse().ok();
        suite.add_test_cases(family.iter().map(|attacked| test_case(attacked, outcome, &name)));
        report.add_test_suite(suite);
    }
    report.to_string()
}

fn test_case(attacked: &AttackedCase, outcome: &AttackOutcome, family: &str) -> TestCase {
    let mut test = TestCase::new(attacked.case.id.as_str(), status(attacked, outcome));
    test.set_classname(family);
    test.set_time(duration(attacked));
    test
}

fn status(attacked: &AttackedCase, outcome: &AttackOutcome) -> TestCaseStatus {
    let conclusion = attacked.conclusion();
    let kind = match conclusion {
        Conclusion::Refused | Conclusion::Accepted => return TestCaseStatus::success(),
        Conclusion::NotRun | Conclusion::DoesNotApply => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(sentence(attacked));
            return status;
        }
        Conclusion::NotJudged => NonSuccessKind::Error,
        Conclusion::WronglyAccepted
        | Conclusion::Crashed
        | Conclusion::Hung
        | Conclusion::SentElsewhere
        | Conclusion::WronglyRefused => NonSuccessKind::Failure,
    };
    let shown = Shown::of(attacked, outcome);
    let severity = attacked.severity().map_or_else(|| "none".to_owned(), |severity| severity.to_string());
    let lines = [
        Some(format!("severity: {severity}")),
        shown.about.map(|about| format!("sent: {about}")),
        shown.seen.map(|seen| format!("seen: {seen}")),
        shown.fix.map(|fix| format!("fix: {fix}")),
        Some(format!("source: {}", attacked.case.clause)),
    ];
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(sentence(attacked)).set_type(super::key(conclusion));
    status.set_description(lines.into_iter().flatten().collect::<Vec<_>>().join("\n"));
    status
}

fn duration(attacked: &AttackedCase) -> Duration {
    Duration::from_millis(attacked.answer.as_ref().map_or(0, |answer| answer.duration_ms))
}
