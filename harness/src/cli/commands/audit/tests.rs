use std::fs;

use serde_json::{Value, json};

use super::*;
use crate::cli::arguments::parse_one::parse;
use crate::cli::output::console::TerminalTraits;

/// The exit code of the command, or of its error, and what it wrote to stdout.
fn run(file: &str, words: &[&str]) -> (u8, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.yaml");
    fs::write(&path, file).unwrap();
    let words: Vec<&str> = path.to_str().into_iter().chain(words.iter().copied()).collect();
    let args: AuditArgs = parse(&words).unwrap();
    let terminal =
        TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut console = Console::new(&mut out, &mut err, terminal);
    let code = audit(&args, &mut console).unwrap_or_else(|error| error.code());
    (code.into(), String::from_utf8(out).unwrap())
}

#[test]
fn a_good_account_passes_and_what_the_file_does_not_say_is_listed() {
    let (code, said) = run(GOOD, &[]);
    assert_eq!((code, said.as_str()), (0, "sync: nothing is wrong\n"));

    let (code, said) = run(&GOOD.replace("password: vG7kQ2xZ9mT4bN8wR5yJ1cH6pL3sD0fA, ", ""), &[]);
    assert_eq!(code, 0);
    assert!(said.contains("? password-unknown"), "{said}");
}

#[test]
fn a_weak_link_fails_with_everything_that_is_wrong_and_shows_no_password() {
    let weak = "sync: { user-type: api-only, password: Short-canary-1, verifiers: [totp] }\n";

    let (code, said) = run(weak, &[]);

    assert_eq!(code, 1);
    for finding in ["password-too-short", "lacks-modify-all", "ui-mfa-off", "person-signs-in"] {
        assert!(said.contains(&format!("! {finding}")), "{finding}: {said}");
    }
    assert!(!said.contains("canary"), "{said}");
}

#[test]
fn json_names_each_finding() {
    let (code, said) = run("sync: { user-type: integration, password: Short-canary-1 }\n", &["--json"]);

    assert_eq!(code, 1);
    let line: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&line["user"], &line["good"]), (&json!("sync"), &json!(false)));
    let names: Vec<&str> =
        line["findings"].as_array().unwrap().iter().map(|one| one["finding"].as_str().unwrap()).collect();
    assert_eq!(names, ["not-api-only", "password-too-short", "lacks-modify-all", "ui-mfa-off"]);
    assert!(!said.contains("canary"), "{said}");
}

#[test]
fn an_account_is_found_by_its_type_or_named() {
    let person = "ann: { profile: Standard User }\n";

    assert_eq!(run(person, &[]).0, 4);
    assert_eq!(run(person, &["--user", "ann"]).0, 1);
    assert_eq!(run(person, &["--user", "bob"]).0, 2);
    assert_eq!(run("ann: { profil: x }\n", &[]).0, 2);
    let both = format!("{GOOD}ann: {{}}\n");
    assert_eq!(run(&both, &[]), (0, "sync: nothing is wrong\n".to_owned()));
}

const GOOD: &str = "sync: { user-type: api-only, password: vG7kQ2xZ9mT4bN8wR5yJ1cH6pL3sD0fA, permissions: [modify-all-data], mfa-for-ui-logins: true }\n";
