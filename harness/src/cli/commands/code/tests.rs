use std::cell::{Cell, RefCell};
use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use super::*;
use crate::cli::arguments::parse_one::parse;
use crate::cli::output::console::TerminalTraits;
use crate::vault::tests::{CANARIES, HOST, USER, at, filled};

/// A step of 60 seconds begins.
const START: i64 = 1_780_000_020;

/// Runs the command at this second; waiting moves the clock. Returns the exit code, stdout, stderr, and the waits.
fn run(folder: &TempDir, second: i64, words: &[&str]) -> (u8, String, String, Vec<Duration>) {
    let (vault, key) = (folder.path().join("vault.age"), folder.path().join("key"));
    let paths = ["--vault", vault.to_str().unwrap(), "--identity", key.to_str().unwrap()];
    let args: CodeArgs = parse(&[words, &paths[..]].concat()).unwrap();
    let terminal =
        TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut console = Console::new(&mut out, &mut err, terminal);
    let (clock, waits) = (Cell::new(at(second)), RefCell::new(Vec::new()));
    let wait = |time: Duration| {
        clock.set(clock.get().checked_add(time).unwrap());
        waits.borrow_mut().push(time);
    };
    let code = code(&args, || clock.get(), wait, &mut console).unwrap_or_else(|error| {
        error.write(&mut console).unwrap();
        error.code()
    });
    (code.into(), String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap(), waits.into_inner())
}

fn stand() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (_, identity) = filled(folder.path());
    fs::write(folder.path().join("key"), identity.reveal()).unwrap();
    folder
}

#[test]
fn a_code_is_printed_once_and_then_the_time_to_wait() {
    let folder = stand();

    let (code, out, err, _) = run(&folder, START + 10, &[USER]);
    assert_eq!((code, out.trim_end().len(), err.as_str()), (0, 8, ""));
    assert!(out.trim_end().chars().all(|digit| digit.is_ascii_digit()));

    let (code, second, err, waits) = run(&folder, START + 11, &[USER]);
    assert_eq!((code, second.as_str(), waits), (1, "", Vec::new()));
    assert!(err.contains("printed already, or is valid for less than 5 s"), "{err}");
    assert!(err.contains("wait 49 s, until 2026-05-28T20:28:00Z, or add `--wait`"), "{err}");
    assert!(!CANARIES.iter().any(|canary| err.contains(canary)));
}

#[test]
fn with_wait_the_next_code_is_printed_when_its_time_begins() {
    let folder = stand();
    let (_, first, _, _) = run(&folder, START, &[USER, "--wait"]);

    let (code, second, err, waits) = run(&folder, START + 20, &[USER, "--wait", "--host", HOST]);

    assert_eq!((code, waits), (0, vec![Duration::from_secs(40)]));
    assert_ne!(first, second);
    assert_eq!(err, "waiting 40 s for the next code\n");
}

#[test]
fn a_code_that_is_about_to_expire_is_waited_out() {
    let folder = stand();

    let (code, out, _, waits) = run(&folder, START + 56, &[USER, "--wait", "--json"]);

    assert_eq!((code, waits), (0, vec![Duration::from_secs(4)]));
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["counts-until"], at(START + 120).to_string());
    assert_eq!(json["code"].as_str().unwrap().len(), 8);
}

#[test]
fn an_unknown_user_or_host_is_wrong_usage() {
    let folder = stand();

    let (code, _, err, _) = run(&folder, START, &["rep@acme.example.uta"]);
    assert_eq!(code, 2);
    assert!(err.contains(&format!("did you mean `{USER}`?")), "{err}");
    let (code, _, err, _) = run(&folder, START, &[USER, "--host", "evil.example"]);
    assert_eq!(code, 2);
    assert!(err.contains("the host `evil.example` is not in the vault"), "{err}");
}
