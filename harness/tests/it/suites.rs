//! The built-in suites against the embedded simulator in real Chromium, and their twins.

use serde_json::Value;
use vestibule::outcome::{RunOutcome, Verdict};
use vestibule::{RunOptions, Scenarios};
use vestibule_model::diagnostic;

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
fn every_twin_fails_for_its_stated_reason() {
    let reports = tempfile::tempdir().unwrap();
    let reports = format!("--report-dir={}", reports.path().display());
    let of_suite = |arguments: &[&str]| program::run(&[arguments, suite().as_deref().as_slice()].concat());

    let (_, listed, _) = of_suite(&["list", "--json"]);
    let (code, _, said) = of_suite(&["run", "--must-fail", "--no-progress", &reports]);

    let cases: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let bare: Vec<&Value> = cases.iter().filter(|case| case["has-twin"] != true).collect();
    assert!(bare.is_empty(), "a case without a twin could be green for the wrong reason: {bare:?}");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains(&format!("{0} cases: {0} passed", cases.len())), "{said}");
}

/// A folder or file in place of the built-in suites.
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
fn troubles(outcome: &RunOutcome) -> Vec<String> {
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
