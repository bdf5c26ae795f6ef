//! JUnit XML: a suite for each kind of forecast, a failure for each login that stops by the day that was asked for.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{AuditOutcome, sources, when, who};
use crate::outcome::{Forecast, ForecastRow};

/// The forecast as JUnit XML.
pub(super) fn junit(outcome: &AuditOutcome) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("vestibule audit");
    let mut suite = TestSuite::new(outcome.source.as_str());
    suite.add_test_cases(outcome.rows.iter().map(|row| test_case(outcome, row)));
    report.add_test_suite(suite);
    report.to_string()
}

fn test_case(outcome: &AuditOutcome, row: &ForecastRow) -> TestCase {
    let mut test = TestCase::new(format!("{} ({})", who(row), row.login_word()), status(outcome, row));
    test.set_classname(if row.app.is_some() { "integrations" } else { "users" });
    if row.forecast == Forecast::Stops && !outcome.fails(row) {
        test.set_system_out(format!("stops {}: {}", when(outcome, row), row.why));
    }
    test
}

fn status(outcome: &AuditOutcome, row: &ForecastRow) -> TestCaseStatus {
    match row.forecast {
        Forecast::GoesOn => TestCaseStatus::success(),
        Forecast::Unknown => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("not known: {}", row.open.as_deref().unwrap_or("facts are missing")));
            status
        }
        Forecast::Stops if !outcome.fails(row) => TestCaseStatus::success(),
        Forecast::Stops => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(format!("stops {}: {}", when(outcome, row), row.why)).set_type(row.rule.as_str());
            let fix = row.fix.as_ref().map(|fix| format!("fix ({}): {}", fix.owner.word(), fix.text));
            let lines = [fix, Some(format!("source: {}", sources(row)))];
            status.set_description(lines.into_iter().flatten().collect::<Vec<_>>().join("\n"));
            status
        }
    }
}
