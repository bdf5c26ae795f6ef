use vestibule_snapshots::growth::assert_linear;

use super::*;
use crate::outcome::{ExitCode, Repeat, SCHEMA};

fn info(id: &str, repeat: Option<Repeat>) -> CaseInfo {
    CaseInfo { repeat, ..unnamed(id) }
}

fn started(cases: Vec<CaseInfo>) -> RunEvent {
    RunEvent::RunStarted {
        schema: SCHEMA,
        version: "0.1.0".to_owned(),
        started_at: "2026-08-03T09:30:00Z".to_owned(),
        browser: None,
        workers: 1,
        cases,
        suite: "0011".to_owned(),
        shard: None,
        copies: None,
    }
}

/// The run of one case with these attempts.
fn attempts(verdicts: &[Verdict]) -> RunOutcome {
    let mut events = vec![started(vec![info("a.yaml:1", None)])];
    for (attempt, verdict) in (1..).zip(verdicts) {
        let result = Box::new(CaseResult::new(*verdict, 10, Vec::new()));
        let again = usize::try_from(attempt) != Ok(verdicts.len());
        events.push(RunEvent::CaseFinished { case: "a.yaml:1".to_owned(), attempt, again, at_ms: 10, result });
    }
    events.push(RunEvent::RunFinished { at_ms: 50, interrupted: false });
    RunOutcome::fold(&events)
}

#[test]
fn the_last_attempt_decides_and_the_earlier_ones_say_how_it_got_there() {
    use Verdict::{Broken, Failed, Passed};

    for (verdicts, code, flaky, recovered) in [
        (&[Passed][..], ExitCode::Passed, false, false),
        (&[Failed, Passed], ExitCode::Passed, true, false),
        (&[Broken, Passed], ExitCode::Passed, false, true),
        (&[Broken, Failed, Passed], ExitCode::Passed, true, false),
        (&[Failed, Failed], ExitCode::Failed, false, false),
        (&[Broken, Broken], ExitCode::Broken, false, false),
        (&[Failed, Broken, Broken], ExitCode::Broken, false, false),
        (&[Broken, Failed], ExitCode::Failed, false, false),
    ] {
        let outcome = attempts(verdicts);

        assert_eq!(outcome.exit_code(), code, "{verdicts:?}");
        assert_eq!(outcome.cases[0].attempts(), verdicts.len());
        assert_eq!(outcome.flaky().count(), usize::from(flaky), "{verdicts:?}");
        assert_eq!(outcome.recovered().count(), usize::from(recovered), "{verdicts:?}");
    }
}

#[test]
fn a_run_whose_end_is_missing_is_never_green() {
    let mut outcome = attempts(&[Verdict::Passed]);

    outcome.finished = false;

    assert_eq!(outcome.exit_code(), ExitCode::Broken);
}

#[test]
fn repeated_cases_count_their_passes() {
    let repeat = |case: &str, number| Some(Repeat { case: case.to_owned(), number, of: 2 });
    let cases = vec![
        info("a.yaml:1", repeat("a.yaml:1", 1)),
        info("a.yaml:1#2", repeat("a.yaml:1", 2)),
        info("a.yaml:9", repeat("a.yaml:9", 1)),
        info("a.yaml:9#2", repeat("a.yaml:9", 2)),
    ];
    let finished = |case: &str, verdict| RunEvent::CaseFinished {
        case: case.to_owned(),
        attempt: 1,
        again: false,
        at_ms: 1,
        result: Box::new(CaseResult::new(verdict, 1, Vec::new())),
    };

    let outcome = RunOutcome::fold(&[
        started(cases),
        finished("a.yaml:1", Verdict::Passed),
        finished("a.yaml:1#2", Verdict::Failed),
        finished("a.yaml:9", Verdict::Passed),
        finished("a.yaml:9#2", Verdict::Passed),
    ]);

    let found: Vec<_> = outcome.repeated().iter().map(|one| (one.case.info.id.as_str(), one.passed, one.of)).collect();
    assert_eq!(found, [("a.yaml:1", 1, 2), ("a.yaml:9", 2, 2)]);
}

#[test]
fn a_case_that_no_first_line_names_is_made_up_from_its_id() {
    let result = Box::new(CaseResult::new(Verdict::Failed, 10, Vec::new()));
    let id = "sso/okta.yaml:24[2]#3".to_owned();

    let outcome = RunOutcome::fold(&[RunEvent::CaseFinished { case: id, attempt: 1, again: false, at_ms: 10, result }]);

    let info = &outcome.cases[0].info;
    assert_eq!((info.title.as_str(), info.file.as_str(), info.line), ("sso/okta.yaml:24[2]#3", "sso/okta.yaml", 24));
    assert_eq!(outcome.cases[0].verdict(), Verdict::Failed);
}

#[test]
fn the_time_of_a_fold_grows_with_the_number_of_its_events() {
    let events = |cases: usize| {
        let cases = u32::try_from(cases).unwrap();
        let id = |case: u32| format!("a.yaml:{}", case + 1);
        let repeat = |case| Some(Repeat { case: id(case / 2), number: case % 2, of: 2 });
        let mut events = vec![started((0..cases).map(|case| info(&id(case), repeat(case))).collect())];
        for case in 0..cases {
            let result = Box::new(CaseResult::new(Verdict::Passed, 1, Vec::new()));
            events.push(RunEvent::CaseStarted { case: id(case), worker: 0, at_ms: 1 });
            events.push(RunEvent::CaseFinished { case: id(case), attempt: 1, again: false, at_ms: 1, result });
        }
        events
    };
    assert_linear("events", 2_000, events, |events| {
        let outcome = RunOutcome::fold(events);
        assert!(outcome.repeated().iter().all(|repeated| repeated.passed == 2));
    });
}
