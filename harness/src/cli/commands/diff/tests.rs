use std::fs;

use serde_json::{Value, json};

use super::*;
use crate::cli::arguments::parse_one::parse;
use crate::cli::output::console::TerminalTraits;
use crate::outcome::{CaseInfo, CaseResult, RunEvent, SCHEMA, Verdict};
use crate::report::write_event;

/// The exit code of the command, or of its error, and what it wrote to stdout and stderr.
fn run(words: &[&str]) -> (u8, String, String) {
    let args: DiffArgs = parse(words).unwrap();
    let terminal =
        TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut console = Console::new(&mut out, &mut err, terminal);
    let code = diff(&args, &mut console).unwrap_or_else(|error| {
        error.write(&mut console).unwrap();
        error.code()
    });
    (code.into(), String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

/// `run.jsonl` of two cases that end like this; `None` is a case that the run did not reach before it was killed.
fn record(folder: &Path, ends: [Option<Verdict>; 2]) -> String {
    let info = |line: u32| CaseInfo {
        id: format!("a.yaml:{line}"),
        title: format!("Case {line}"),
        file: "a.yaml".to_owned(),
        line,
        tags: Vec::new(),
        condition: None,
        repeat: None,
    };
    let mut events = vec![RunEvent::RunStarted {
        schema: SCHEMA,
        version: "0.1.0".to_owned(),
        started_at: "2026-08-03T09:30:00Z".to_owned(),
        browser: None,
        workers: 1,
        cases: vec![info(1), info(2)],
        suite: String::new(),
        shard: None,
        copies: None,
    }];
    let finished = |(line, verdict): (u32, Verdict)| RunEvent::CaseFinished {
        case: format!("a.yaml:{line}"),
        attempt: 1,
        again: false,
        at_ms: 900,
        result: Box::new(CaseResult::new(verdict, 900, Vec::new())),
    };
    events.extend((1..).zip(ends).filter_map(|(line, end)| Some((line, end?))).map(finished));
    if ends.iter().all(Option::is_some) {
        events.push(RunEvent::RunFinished { at_ms: 950, interrupted: false });
    }
    let mut text = Vec::new();
    events.iter().for_each(|event| write_event(&mut text, event).unwrap());
    if ends.contains(&None) {
        // Killed while it wrote a line.
        text.extend(br#"{"case-finished":{"case":"a.ya"#);
    }
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("run.jsonl"), text).unwrap();
    folder.display().to_string()
}

#[test]
fn the_exit_code_says_whether_anything_got_worse_from_folders_or_files() {
    let folder = tempfile::tempdir().unwrap();
    let good = record(&folder.path().join("good"), [Some(Verdict::Passed); 2]);
    let bad = record(&folder.path().join("bad"), [Some(Verdict::Passed), Some(Verdict::Failed)]);
    let file = format!("{bad}/run.jsonl");

    for (words, code, said) in [
        ([good.as_str(), &good], 0, "nothing got worse"),
        ([&good, &file], 1, "worse: Case 2 a.yaml:2\n  verdict: passed, now failed\n"),
        ([&bad, &good], 0, "better: Case 2 a.yaml:2\n  verdict: failed, now passed\n"),
    ] {
        let (found, out, err) = run(&words);
        assert_eq!(found, code, "{words:?}: {out}{err}");
        assert!(out.contains(said) && err.is_empty(), "{words:?}: {out}{err}");
    }
}

#[test]
fn a_run_that_was_killed_is_read_as_far_as_it_went_and_is_not_taken_for_a_good_one() {
    let folder = tempfile::tempdir().unwrap();
    let whole = record(&folder.path().join("whole"), [Some(Verdict::Passed); 2]);
    let killed = record(&folder.path().join("killed"), [Some(Verdict::Passed), None]);

    let (code, out, err) = run(&[&whole, &killed, "--json"]);

    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &document["after"]["finished"]), (1, &json!(false)));
    assert_eq!((&document["counts"]["same"], &document["counts"]["worse"]), (&json!(1), &json!(1)));
    assert_eq!(document["cases"][0]["differences"]["verdict"], json!({ "before": "passed", "after": "skipped" }));
    assert!(err.contains("the last line is incomplete") && err.contains("the run did not finish"), "{err}");
}

#[test]
fn what_is_no_run_is_a_usage_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let good = record(&folder.path().join("good"), [Some(Verdict::Passed); 2]);
    fs::write(folder.path().join("notes.txt"), "no run\n").unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::create_dir(folder.path().join("empty")).unwrap();

    for (after, said) in [
        (path("notes.txt"), "notes.txt is not a run.jsonl"),
        (path("empty"), "empty/run.jsonl: No such file or directory"),
        (path("absent"), "name the `run.jsonl` of a report folder"),
    ] {
        let (code, out, err) = run(&[&good, &after]);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(err.contains(said), "{said}: {err}");
    }
}
