use serde_json::{Value, json};

use super::*;
use crate::outcome::{Exit, Owner, Survival};
use crate::report::sample;

fn rendered(outcome: &RunOutcome) -> Value {
    let text = ctrf(outcome, &|case| case.result.is_some().then(|| format!("shots/{}.webp", case.info.line))).unwrap();
    let report = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let wrong: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    report
}

#[test]
fn every_report_is_what_the_draft_asks_for_and_its_counts_are_those_of_its_tests() {
    let (mut cut, mut condition) = (sample::outcome(), sample::outcome());
    cut.finished = false;
    condition.cases[1].info.condition = Some(sample::condition("passkey-gate-hard"));
    for outcome in [sample::outcome(), sample::retried(), cut, condition, RunOutcome::default()] {
        let report = rendered(&outcome);

        let (summary, tests) = (&report["results"]["summary"], report["results"]["tests"].as_array().unwrap());
        assert_eq!(tests.len(), outcome.cases.len());
        for status in ["passed", "failed", "skipped", "pending", "other"] {
            let found = tests.iter().filter(|test| test["status"] == status).count();
            assert_eq!(summary[status].as_u64(), u64::try_from(found).ok(), "{status}: {summary}");
        }
        let incomplete = report["results"]["extra"]["vestibule.run"]["incomplete"].as_bool();
        assert_eq!(incomplete, (!outcome.finished).then_some(true));
    }
}

#[test]
fn a_case_says_how_it_ended_why_who_fixes_it_and_how() {
    let report = rendered(&sample::outcome());

    let tests = report["results"]["tests"].as_array().unwrap();
    let ends: Vec<(&str, &str)> =
        tests.iter().map(|test| (test["status"].as_str().unwrap(), test["rawStatus"].as_str().unwrap())).collect();
    let expected =
        [("passed", "passed"), ("failed", "failed"), ("failed", "failed"), ("other", "broken"), ("skipped", "skipped")];
    assert_eq!(ends, expected);
    let failed = &tests[1];
    assert_eq!(failed["message"], "the browser stands on another page than expected");
    let trace = failed["trace"].as_str().unwrap();
    assert!(trace.contains("owner: suite") && trace.contains("fix: Give the test user a passkey"), "{trace}");
    assert_eq!((&failed["filePath"], &failed["line"]), (&json!("enforcement/admin.yaml"), &json!(19)));
    assert_eq!(failed["extra"]["vestibule.case"]["cause"], "gate-not-handled");
    assert_eq!(failed["tags"], json!(["enforcement", "slow"]));
    assert_eq!(failed["attachments"][0]["contentType"], "image/webp");
    assert!(failed["stdout"].as_array().unwrap().iter().any(|line| line == "pages: username -> password -> home"));
    assert_eq!(tests[0].get("message"), None);
    // The run began on 2026-08-03 at 09:30 UTC, its first case 120 ms later.
    assert_eq!(report["results"]["summary"]["start"], 1_785_749_400_000_i64);
    assert_eq!((&tests[0]["start"], &tests[0]["stop"]), (&json!(1_785_749_400_120_i64), &json!(1_785_749_401_300_i64)));
    assert_eq!(tests[4].get("start"), None);
}

#[test]
fn a_case_that_passed_on_a_retry_is_flaky_and_has_its_first_attempt() {
    let report = rendered(&sample::retried());

    let (flaky, recovered) = (&report["results"]["tests"][0], &report["results"]["tests"][2]);
    assert_eq!((&flaky["status"], &flaky["rawStatus"]), (&json!("passed"), &json!("flaky")));
    assert_eq!((&flaky["flaky"], &flaky["retries"]), (&json!(true), &json!(1)));
    let first = &flaky["retryAttempts"][0];
    assert_eq!((&first["attempt"], &first["status"]), (&json!(1), &json!("failed")));
    assert!(first["trace"].as_str().unwrap().contains("fix: Give the test user a passkey"), "{first}");
    assert_eq!((&recovered["flaky"], &recovered["retryAttempts"][0]["status"]), (&json!(false), &json!("other")));
    assert_eq!(report["results"]["summary"]["flaky"], 1);
}

#[test]
fn a_condition_goes_by_its_name_and_what_is_not_simulated_is_no_failure() {
    let mut outcome = sample::outcome();
    outcome.cases[1].info.condition = Some(sample::condition("passkey-gate-hard"));
    for (owner, status, raw) in [(Owner::Suite, "failed", "stopped"), (Owner::Vestibule, "other", "not simulated")] {
        let result = outcome.cases[1].result.as_mut().unwrap();
        result.finding.as_mut().unwrap().owner = owner;
        result.suite = Some(sample::suite(Survival::Stopped, Exit::Code(1)));

        let report = rendered(&outcome);

        let test = &report["results"]["tests"][1];
        assert_eq!(test["name"], "passkey-gate-hard");
        assert_eq!((&test["status"], &test["rawStatus"]), (&json!(status), &json!(raw)));
        assert_eq!(test["extra"]["vestibule.case"]["survival"], "stopped");
    }
}

/// The specification keeps names that begin so for itself, which the schema does not say.
#[test]
fn no_name_of_ours_is_one_that_the_format_reserves() {
    fn names(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                if name == "extra" {
                    found.extend(value.as_object().unwrap().keys().cloned());
                }
                names(value, found);
            }),
            Value::Array(items) => items.iter().for_each(|item| names(item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    names(&rendered(&sample::outcome()), &mut found);

    assert!(!found.is_empty());
    assert!(found.iter().all(|name| !name.starts_with("ctrf.") && !name.starts_with("ctrf/")), "{found:?}");
}

#[test]
fn the_published_schema_refuses_what_is_no_report() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let good = rendered(&sample::outcome());
    for (pointer, wrong) in [
        ("/specVersion", json!("draft")),
        ("/results/summary/tests", json!("5")),
        ("/results/tests/0/status", json!("broken")),
        ("/results/tests/0/suite", json!([])),
        ("/results/tests/0/name", json!("")),
        ("/results/tool", json!({ "version": "1" })),
    ] {
        let mut report = good.clone();
        *report.pointer_mut(pointer).unwrap() = wrong;
        assert!(!validator.is_valid(&report), "{pointer}");
    }
}

/// As it is published; `ctrf.schema.LICENSE` says where.
fn schema() -> Value {
    serde_json::from_str(include_str!("ctrf.schema.json")).unwrap()
}
