use super::*;
use crate::outcome::{CaseResult, ExitCode, RunOutcome, Verdict};

fn part(number: u32, of: u32, second: u32, verdict: Verdict) -> Part {
    let id = format!("a.yaml:{number}");
    let info = CaseInfo {
        id: id.clone(),
        title: format!("case {number}"),
        file: "a.yaml".to_owned(),
        line: number,
        tags: Vec::new(),
        condition: None,
        repeat: None,
    };
    let result = Box::new(CaseResult::new(verdict, 400, Vec::new()));
    Part {
        name: format!("{number}.jsonl"),
        events: vec![
            RunEvent::RunStarted {
                schema: SCHEMA,
                version: "0.1.0".to_owned(),
                started_at: format!("2026-08-03T09:30:{second:02}Z"),
                browser: Some("chromium 156".to_owned()),
                workers: 2,
                cases: vec![info],
                suite: "0011".to_owned(),
                shard: Some(Shard { number, of }),
                copies: None,
            },
            RunEvent::CaseStarted { case: id.clone(), worker: 1, at_ms: 100 },
            RunEvent::CaseFinished { case: id, attempt: 1, again: false, at_ms: 500, result },
            RunEvent::RunFinished { at_ms: 700, interrupted: false },
        ],
    }
}

fn change(part: Part, change: impl FnOnce(&mut RunEvent)) -> Part {
    let mut part = part;
    change(&mut part.events[0]);
    part
}

#[test]
fn shards_given_in_any_order_become_one_run() {
    let merged = merge(vec![part(2, 2, 4, Verdict::Failed), part(1, 2, 7, Verdict::Passed)]).unwrap();

    let outcome = RunOutcome::fold(&merged.events);

    assert!(merged.missing.is_empty() && outcome.finished);
    let ids: Vec<&str> = outcome.cases.iter().map(|case| case.info.id.as_str()).collect();
    assert_eq!(ids, ["a.yaml:1", "a.yaml:2"]);
    assert_eq!((outcome.workers, outcome.duration_ms, outcome.shard), (4, 3_700, None));
    assert_eq!(outcome.started_at, "2026-08-03T09:30:04Z");
    assert_eq!(outcome.browser.as_deref(), Some("chromium 156"));
    assert_eq!(outcome.exit_code(), ExitCode::Failed);
    let starts: Vec<_> = merged
        .events
        .iter()
        .filter_map(|event| match event {
            RunEvent::CaseStarted { case, worker, at_ms } => Some((case.as_str(), *worker, *at_ms)),
            _ => None,
        })
        .collect();
    assert_eq!(starts, [("a.yaml:2", 3, 100), ("a.yaml:1", 1, 3_100)], "by time, each with a worker of its own");
}

#[test]
fn a_missing_or_unfinished_shard_is_named_and_the_run_is_not_green() {
    let mut cut = part(2, 3, 0, Verdict::Passed);
    cut.events.pop();

    let merged = merge(vec![part(3, 3, 0, Verdict::Passed), cut]).unwrap();

    assert_eq!(
        merged.missing,
        [
            "shard 1 of 3 is missing: its cases are not in the reports",
            "shard 2 of 3 (2.jsonl) did not finish: its other cases are listed as skipped",
        ]
    );
    assert_eq!(RunOutcome::fold(&merged.events).exit_code(), ExitCode::Broken);
}

#[test]
fn what_does_not_belong_together_is_refused_by_name() {
    let good = || part(1, 2, 0, Verdict::Passed);
    let other = || part(2, 2, 0, Verdict::Passed);
    let no_shard = change(other(), |event| {
        let RunEvent::RunStarted { shard, .. } = event else { panic!("another event") };
        *shard = None;
    });
    let other_suite = change(other(), |event| {
        let RunEvent::RunStarted { suite, .. } = event else { panic!("another event") };
        suite.replace_range(.., "2233");
    });
    let other_version = change(other(), |event| {
        let RunEvent::RunStarted { version, .. } = event else { panic!("another event") };
        version.push_str("-dev");
    });
    let mut no_start = other();
    no_start.events.remove(0);
    let again = Part { name: "again.jsonl".to_owned(), ..good() };

    for (second, said) in [
        (no_shard, "merge 2.jsonl: it is not a part of a split run"),
        (other_suite, "merge 1.jsonl and 2.jsonl: they are of different suites (0011, 2233)"),
        (other_version, "merge 1.jsonl and 2.jsonl: they are of different versions of vestibule (0.1.0, 0.1.0-dev)"),
        (
            part(2, 3, 0, Verdict::Passed),
            "merge 1.jsonl and 2.jsonl: they are of different splits (2 shards, 3 shards)",
        ),
        (no_start, "merge 2.jsonl: its first line, which names the suite and the cases, cannot be read"),
        (again, "merge 1.jsonl and again.jsonl: both are shard 1 of 2"),
    ] {
        let refused = merge(vec![good(), second]).unwrap_err();

        assert_eq!(refused.to_string(), said);
        assert!(refused.remedy().contains("shard") || refused.remedy().contains("vestibule report"));
    }
}
