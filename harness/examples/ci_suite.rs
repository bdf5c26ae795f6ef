//! A test for CI: runs the scenarios of a file and prints each verdict as it comes.

use vestibule::Scenarios;
use vestibule::outcome::{ExitCode, RunEvent};

#[tokio::test]
async fn the_login_works_before_and_after_the_enforcement() {
    let scenarios = Scenarios::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/ci_suite.yaml")).unwrap();
    let tell = |event: &RunEvent| {
        if let RunEvent::CaseFinished { case, result, .. } = event {
            println!("{case}: {:?}", result.verdict);
        }
    };

    let outcome = vestibule::run(scenarios).on_event(tell).await.unwrap();

    assert_eq!(outcome.exit_code(), ExitCode::Passed, "{outcome:#?}");
}
