//! Causes of stopped logins, each from a suite that stops because of it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::files::files_below;
use crate::program::{run, said};

#[test]
fn a_suite_without_a_browser_gets_each_cause_and_each_twin_fails() {
    let folder = tempfile::tempdir().unwrap();
    for name in SCENARIOS {
        let text = fs::read_to_string(tests().join("causes").join(name)).unwrap();
        let text = text.replace("{folder}", tests().join("causes").to_str().unwrap());
        fs::write(folder.path().join(name), text).unwrap();
    }
    let reports = format!("--report-dir={}", folder.path().join("reports").display());

    for twins in [&[][..], &["--must-fail"]] {
        let arguments = [&["run", folder.path().to_str().unwrap(), &reports, "--no-progress"], twins].concat();
        let (code, said) = said(&arguments);

        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("27 cases: 27 passed"), "{said}");
    }
}

#[test]
fn every_cause_is_produced_by_a_scenario_or_by_a_client() {
    let mut produced = String::new();
    for folder in ["causes", "clients", "../../scenarios"] {
        for path in files_below(&tests().join(folder)).into_iter().filter(|path| is_scenario_or_table(path)) {
            let text = fs::read_to_string(path).unwrap();
            produced.extend(
                text.lines().filter(|line| !line.trim_start().starts_with('#')).map(|line| format!("{line}\n")),
            );
        }
    }
    let words: Vec<_> = produced.split(|letter: char| !letter.is_ascii_lowercase() && letter != '-').collect();

    let (_, listed, _) = run(&["causes", "--json"]);
    let causes = listed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let ids = causes.map(|cause| cause["cause"].as_str().unwrap().to_owned());

    assert_eq!(ids.filter(|id| !words.contains(&id.as_str())).collect::<Vec<_>>(), NOWHERE);
}

fn is_scenario_or_table(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind == "yaml" || kind == "tsv")
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

const SCENARIOS: [&str; 2] = ["before-the-login.yaml", "behind-the-password.yaml"];
/// A signal is lost between an identity provider and the org only if something is between them, which no scenario has.
/// `unknown` is reported if no other cause fits. The table of evidence tests both.
const NOWHERE: [&str; 2] = ["signal-lost", "unknown"];
