//! The built-in suites against the embedded simulator in real Chromium, and their twins.

use vestibule::Scenarios;
use vestibule::outcome::{RunOutcome, Verdict};
use vestibule::runner::RunOptions;
use vestibule::scenario::{Case, twin};
use vestibule_model::diagnostic;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_of_the_built_in_suites_passes() {
    let outcome = run(cases()).await;

    assert!(outcome.finished);
    assert!(troubles(&outcome).is_empty(), "{}", troubles(&outcome).join("\n\n"));
    assert!(misnamed(&outcome).is_empty(), "{}", misnamed(&outcome).join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_twin_goes_red_for_the_reason_it_states() {
    let cases = cases();
    let twins: Vec<Case> = cases.iter().filter_map(twin).collect();
    assert_eq!(twins.len(), cases.len(), "a case without a twin could be green for the wrong reason");

    let outcome = run(twins).await;

    assert!(troubles(&outcome).is_empty(), "{}", troubles(&outcome).join("\n\n"));
}

fn cases() -> Vec<Case> {
    let scenarios = match std::env::var("VESTIBULE_TEST_SUITE") {
        Ok(path) => Scenarios::read(path),
        Err(_) => Scenarios::built_in(),
    };
    scenarios.unwrap().cases().to_vec()
}

async fn run(cases: Vec<Case>) -> RunOutcome {
    crate::chromium::install_provider();
    vestibule::run(Scenarios::from(cases)).options(RunOptions::default()).await.unwrap()
}

/// Cases whose login held and has a cause nevertheless, and those whose login stopped without a named one.
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
