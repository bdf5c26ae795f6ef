//! Recorded expectations: written, refused under CI, accepted, compared.

use std::fs;

use tempfile::TempDir;

use crate::program::{run, said};

const SCENARIO: &str = "\
title: A rep gets home
org: { kind: production, date: 2026-01-01, login-page: two-step }
users:
  rep: { username: rep@acme.example, password: 'canary &<pw> 4711' }
steps:
  - sign-in: { user: rep }
expect:
  snapshot: { record: [pages, journal, login-history, decision], mask: [path] }
";

#[test]
fn a_missing_snapshot_fails_is_written_for_review_and_holds_once_it_is_accepted() {
    let folder = suite(SCENARIO);

    let (code, missing) = run_in(&folder, &[]);
    assert_eq!(code, Some(1), "{missing}");
    assert!(missing.contains("no snapshot `a-rep-gets-home` is recorded"), "{missing}");
    let pending = folder.path().join("snapshots/a-rep-gets-home.snap.new");
    assert!(pending.exists());

    let (code, _, _) = run(&["snapshots", "accept", "--all", "--in", folder.path().to_str().unwrap()]);
    assert_eq!(code, Some(0));
    let (code, same) = run_in(&folder, &[]);
    assert_eq!(code, Some(0), "{same}");
}

#[test]
fn under_ci_a_missing_snapshot_fails_and_nothing_is_written() {
    let folder = suite(SCENARIO);

    let (code, said) = run_in(&folder, &["--ci"]);

    assert_eq!(code, Some(1), "{said}");
    assert!(!folder.path().join("snapshots").exists());
}

#[test]
fn another_text_is_shown_as_a_difference() {
    let folder = suite(SCENARIO);
    let (code, _) = run_in(&folder, &["-u"]);
    assert_eq!(code, Some(0));
    let snap = folder.path().join("snapshots/a-rep-gets-home.snap");
    let text = fs::read_to_string(&snap).unwrap();
    fs::write(&snap, text.replace("\nhome\n", "\ncreate-passkey\n")).unwrap();

    let (code, said) = run_in(&folder, &["--ci"]);

    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("- create-passkey") && said.contains("+ home"), "{said}");
}

#[test]
fn a_twin_is_compared_with_the_snapshot_of_its_case_and_writes_none() {
    let twin = |change: &str| {
        let scenario = SCENARIO.replace("[pages, journal, login-history, decision], mask: [path]", "[pages]");
        format!("{scenario}must-fail: {{ change: {{ {change} }}, because: snapshot }}\n")
    };
    let folder = suite(&twin("org.login-page: classic"));
    let written = || {
        let files = fs::read_dir(folder.path().join("snapshots")).into_iter().flatten();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>()
    };

    let (code, said) = run_in(&folder, &["--must-fail", "-u"]);
    assert_eq!(code, Some(3), "nothing is recorded: {said}");
    assert!(said.contains("has not recorded the snapshot `a-rep-gets-home`"), "{said}");
    assert_eq!(written(), [""; 0]);

    let (code, said) = run_in(&folder, &["-u"]);
    assert_eq!(code, Some(0), "{said}");
    for more in [&["--must-fail"][..], &["--must-fail", "-u"]] {
        let (code, said) = run_in(&folder, more);
        assert_eq!(code, Some(0), "the login has one page: {said}");
        assert_eq!(written(), ["a-rep-gets-home.snap"]);
    }

    fs::write(folder.path().join("case.yaml"), twin("users.rep.email: other@acme.example")).unwrap();
    let (code, said) = run_in(&folder, &["--must-fail"]);
    assert_eq!(code, Some(1), "the pages are the same: {said}");
    assert!(said.contains("the twin passed"), "{said}");
    assert_eq!(written(), ["a-rep-gets-home.snap"]);
}

fn suite(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("case.yaml"), text).unwrap();
    folder
}

fn run_in(folder: &TempDir, more: &[&str]) -> (Option<i32>, String) {
    let (suite, report) = (folder.path().join("case.yaml"), folder.path().join("report"));
    let mut arguments = vec!["run", suite.to_str().unwrap(), "--report-dir", report.to_str().unwrap()];
    arguments.extend(more);
    said(&arguments)
}
