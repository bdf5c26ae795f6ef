use super::schema::checked;
use super::*;
use crate::outcome::{Exit, GoodEnd, SuiteLocation, Survival};
use crate::report::sample;

#[test]
fn every_log_is_what_the_standard_asks_for() {
    let mut cut = sample::outcome();
    cut.finished = false;
    let started = RunOutcome { started_at: "2026-08-03T09:30:00Z".to_owned(), ..RunOutcome::default() };
    for (outcome, results, notices) in
        [(sample::outcome(), 2, 1), (sample::retried(), 1, 1), (cut, 2, 2), (started, 0, 1)]
    {
        let log = checked(&sarif(&outcome).unwrap());

        let run = &log["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), results, "{run:#}");
        let invocation = &run["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false);
        assert_eq!(invocation["toolExecutionNotifications"].as_array().unwrap().len(), notices, "{invocation:#}");
    }
}

#[test]
fn the_cause_is_the_rule_and_its_help_says_who_fixes_it_and_how() {
    let log = checked(&sarif(&sample::outcome()).unwrap());

    let run = &log["runs"][0];
    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!(rule["id"], "gate-not-handled");
    let help = rule["help"]["text"].as_str().unwrap();
    assert!(help.starts_with("Owner: suite. Fix: Give the test user a passkey before the run"), "{help}");
    assert!(help.ends_with("Source: https://help.salesforce.com/s/articleView?id=005321561&type=1"), "{help}");
    assert_eq!(rule["properties"]["tags"], json!(["login", "suite"]));
    let result = &run["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&json!("gate-not-handled"), &json!("error")));
    let message = result["message"]["text"].as_str().unwrap();
    assert!(message.starts_with("An admin without a passkey is stopped at the gate"), "{message}");
    // A case that failed without a known cause goes by the expectation.
    assert_eq!(run["results"][1]["ruleId"], "strength");
}

#[test]
fn a_result_stands_at_the_line_of_the_suite_or_else_at_that_of_the_scenario() {
    let mut outcome = sample::outcome();
    let place = |outcome: &RunOutcome| checked(&sarif(outcome).unwrap())["runs"][0]["results"][0]["locations"].take();

    assert_eq!(
        place(&outcome),
        json!([{ "physicalLocation": {
            "artifactLocation": { "uri": "enforcement/admin.yaml" }, "region": { "startLine": 19 } } }])
    );

    let mut suite = sample::suite(Survival::Stopped, Exit::Code(1));
    suite.failed_at = Some(SuiteLocation { file: "tests/my login.spec.ts".to_owned(), line: 9, column: Some(14) });
    outcome.cases[1].result.as_mut().unwrap().suite = Some(suite);
    assert_eq!(
        place(&outcome),
        json!([{ "physicalLocation": {
            "artifactLocation": { "uri": "tests/my%20login.spec.ts" },
            "region": { "startLine": 9, "startColumn": 14 } } }])
    );
}

#[test]
fn a_stop_counts_by_whether_it_applies_and_whether_any_suite_gets_home() {
    for (good, verdict, survival, applies, level) in [
        (GoodEnd::Home, Verdict::Failed, Survival::Stopped, true, Some("error")),
        (GoodEnd::Home, Verdict::Failed, Survival::FalseGreen, true, Some("error")),
        (GoodEnd::Home, Verdict::Failed, Survival::Stopped, false, Some("note")),
        (GoodEnd::Stop, Verdict::Passed, Survival::Stopped, true, Some("warning")),
        (GoodEnd::Stop, Verdict::Passed, Survival::Stopped, false, Some("note")),
        (GoodEnd::Home, Verdict::Failed, Survival::FailedLater, true, None),
        (GoodEnd::Home, Verdict::Passed, Survival::Survived, true, None),
    ] {
        let mut outcome = sample::outcome();
        outcome.cases.truncate(2);
        outcome.cases.remove(0);
        let mut condition = sample::condition("passkey-gate-hard");
        (condition.good, condition.applies) = (good, applies);
        outcome.cases[0].info.condition = Some(condition);
        let result = outcome.cases[0].result.as_mut().unwrap();
        result.verdict = verdict;
        result.suite = Some(sample::suite(survival, Exit::Code(1)));

        let log = checked(&sarif(&outcome).unwrap());

        let first = log["runs"][0]["results"].get(0).map(|result| result["level"].as_str().unwrap());
        assert_eq!(first, level, "{good:?} {verdict:?} {survival:?} {applies}");
    }
}

#[test]
fn the_same_stop_has_the_same_fingerprint_wherever_its_line_moves() {
    let print = |line: u32| {
        let mut outcome = sample::outcome();
        outcome.cases[1].info.condition = Some(sample::condition("passkey-gate-hard"));
        outcome.cases[1].info.line = line;
        outcome.cases[1].result.as_mut().unwrap().suite = Some(sample::suite(Survival::Stopped, Exit::Code(1)));
        let mut log = checked(&sarif(&outcome).unwrap());
        log["runs"][0]["results"][0]["partialFingerprints"]["case/v1"].take()
    };

    assert_eq!(print(3), "passkey-gate-hard:gate-not-handled");
    assert_eq!(print(3), print(90));
}
