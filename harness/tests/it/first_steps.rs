//! The first minutes of a new user: `doctor`, `init`, and what `init` wrote.

use std::path::Path;
use std::process::{Command, Output};

use crate::program;

#[test]
fn the_doctor_finds_everything_by_a_real_login() {
    let output = vestibule(&["doctor", "--json"], Path::new("."));

    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    let login: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!((&login["check"], &login["state"]), (&"a real login".into(), &"ok".into()));
}

#[test]
fn the_doctor_says_how_to_fix_a_missing_browser() {
    let output = vestibule(&["doctor", "--browser", "/nowhere/chromium"], Path::new("."));

    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(text.contains("apt-get install chromium chromium-driver"), "{text}");
    assert!(text.contains("not tried  a real login"), "{text}");
}

#[test]
fn what_init_writes_passes_its_twin_fails_and_the_example_runs_only_by_name() {
    let folder = tempfile::tempdir().unwrap();

    let written = vestibule(&["init"], folder.path());
    assert!(written.status.success());
    let again = vestibule(&["init"], folder.path());
    assert_eq!(again.status.code(), Some(2), "a second init would overwrite what the first wrote");
    assert!(String::from_utf8(again.stderr).unwrap().contains("nothing was written"));

    assert!(vestibule(&["run", "vestibule"], folder.path()).status.success());
    assert!(vestibule(&["run", "--must-fail", "vestibule"], folder.path()).status.success());

    let unfilled = survive(folder.path(), &["--condition", "two-step"]);
    assert_eq!(unfilled.status.code(), Some(2), "no suite is here, and the example is not one");
    assert!(String::from_utf8(unfilled.stderr).unwrap().contains("put your command here"));

    assert!(vestibule(&["init", "--example"], folder.path()).status.success());
    let example = ["init", "--force", "--", "python3", "vestibule/example_login.py"];
    assert!(vestibule(&example, folder.path()).status.success());
    let verdict = |condition| {
        let output = survive(folder.path(), &["--condition", condition, "--json", "--date", "2026-08-03"]);
        let said = String::from_utf8(output.stderr).unwrap();
        let line: serde_json::Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
        assert!(said.contains("EXAMPLE, not your suite: "), "{said}");
        (output.status.code(), line["verdict"].as_str().unwrap().to_owned())
    };
    assert_eq!(verdict("two-step"), (Some(0), "survived".to_owned()));
    assert_eq!(verdict("passkey-gate-hard"), (Some(1), "stopped".to_owned()));
    assert!(folder.path().join("vestibule-report/report.html").exists(), "the report is in the folder of the suite");
    let ignored = std::fs::read_to_string(folder.path().join(".gitignore")).unwrap();
    assert_eq!(ignored, "vestibule-report/\n");
}

/// Runs the script that `init` wrote from another folder.
fn survive(folder: &Path, args: &[&str]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_vestibule"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut command = Command::new(folder.join("vestibule/survive.sh"));
    command.args(args).current_dir("/").env("PATH", path).output().unwrap()
}

fn vestibule(args: &[&str], folder: &Path) -> Output {
    program::vestibule(args).current_dir(folder).output().unwrap()
}
