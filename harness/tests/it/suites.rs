//! The built-in scenarios against the embedded simulator in real Chromium, and their twins.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use vestibule::outcome::{RunEvent, RunOutcome, Verdict};
use vestibule::{RunOptions, Scenarios};
use vestibule_model::diagnostic;

use crate::clients::all_clients;
use crate::program;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_of_the_built_in_suites_passes() {
    let scenarios = suite().map_or_else(Scenarios::built_in, Scenarios::read).unwrap();

    let outcome = vestibule::run(scenarios).options(RunOptions::default()).await.unwrap();

    assert!(outcome.finished);
    assert!(troubles(&outcome).is_empty(), "{}", troubles(&outcome).join("\n\n"));
    assert!(misnamed(&outcome).is_empty(), "{}", misnamed(&outcome).join("\n"));
}

#[test]
fn every_case_has_a_twin() {
    let suite = suite();
    let (_, listed, _) = program::run(&[&["list", "--json"], suite.as_deref().as_slice()].concat());

    let cases = listed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let bare: Vec<Value> = cases.filter(|case| case["has-twin"] != true).collect();
    assert!(bare.is_empty(), "a case without a twin could be green for the wrong reason: {bare:?}");
}

/// In `make test` that of each scenario's first case, in `make clients` all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_twin_fails_for_its_stated_reason() {
    let (mut scenarios, all) = (BTreeSet::new(), all_clients() || suite().is_some());
    let twins = suite().map_or_else(Scenarios::built_in, Scenarios::read).unwrap().twins();
    let twins = twins.filter(|twin| all || scenarios.insert((twin.file.clone(), twin.line)));
    assert!(!twins.cases().is_empty());

    let outcome = vestibule::run(twins).options(RunOptions::default()).await.unwrap();

    assert!(outcome.finished);
    assert!(troubles(&outcome).is_empty(), "{}", troubles(&outcome).join("\n\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_pauses_once_after_the_last_attempt_at_the_first_case_that_fails() {
    let case = |title: &str| {
        format!(
            "title: {title}\norg: {{ kind: production, date: 2026-01-01 }}\nusers: {{ rep: {{}} }}\n\
             steps: [{{ sign-in: {{ user: rep }} }}]\nexpect: {{ text: no such text }}\n"
        )
    };
    let text = format!("{}---\n{}", case("First"), case("Second"));
    let scenarios = Scenarios::from_yaml("pause.yaml", &text).unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let (of_events, of_pause) = (Arc::clone(&told), Arc::clone(&told));

    let run = vestibule::run(scenarios).options(RunOptions { retries: 1, ..RunOptions::default() }).workers(1);
    let run = run.on_event(move |event| {
        if let RunEvent::CaseFinished { attempt, .. } = event {
            of_events.lock().unwrap().push(format!("attempt {attempt} ended"));
        }
    });
    run.pause_on_failure(move |title| of_pause.lock().unwrap().push(format!("paused after {title}"))).await.unwrap();

    let expected = ["attempt 1 ended", "paused after First", "attempt 2 ended", "attempt 1 ended", "attempt 2 ended"];
    assert_eq!(*told.lock().unwrap(), expected);
}

/// A folder or file in place of the built-in scenarios.
fn suite() -> Option<String> {
    std::env::var("VESTIBULE_TEST_SUITE").ok()
}

/// Cases whose login worked but has a cause, and cases whose login stopped without a named cause.
fn misnamed(outcome: &RunOutcome) -> Vec<String> {
    let wrong = outcome.cases.iter().filter_map(|case| {
        let result = case.result.as_ref()?;
        let cause = result.finding.as_ref().map(|finding| finding.cause.as_str());
        let home = result.actions.last().is_some_and(|action| action.page == "home");
        let misnamed = if home { cause.is_some() } else { cause == Some("unknown") };
        misnamed.then(|| format!("{}: {} {:?}", case.info.id, case.info.title, result.finding))
    });
    wrong.collect()
}

/// Every case that did not pass, as a person would read it.
pub(crate) fn troubles(outcome: &RunOutcome) -> Vec<String> {
    let bad = outcome.cases.iter().filter(|case| case.verdict() != Verdict::Passed);
    bad.map(|case| {
        let failures = case.result.iter().flat_map(|result| &result.failures);
        let shown: Vec<_> = failures.map(|failure| diagnostic::render(failure, false, 120)).collect();
        let actions = case.result.iter().flat_map(|result| &result.actions);
        let actions: Vec<_> =
            actions.map(|a| format!("    {:>6} ms  {:<40} {} {}", a.at_ms, a.what, a.page, a.url)).collect();
        format!(
            "{:?}: {} ({})\n{}\n{}",
            case.verdict(),
            case.info.title,
            case.info.id,
            shown.join("\n"),
            actions.join("\n")
        )
    })
    .collect()
}
