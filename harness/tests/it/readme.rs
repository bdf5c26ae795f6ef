//! The output in the README is the real output.

use std::fs;

use crate::program::vestibule;

#[test]
fn the_scenario_of_the_readme_fails_with_the_output_of_the_readme() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("believed.yaml"), block("```yaml believed.yaml\n")).unwrap();

    let output = vestibule(&["run", "believed.yaml"]).current_dir(folder.path()).output().unwrap();

    let said = steady(&String::from_utf8(output.stdout).unwrap());
    for part in steady(block("```text\n")).trim_end().split("\n\n") {
        assert!(said.contains(part), "{part}\n\nis not in\n\n{said}");
    }
    assert_eq!(output.status.code(), Some(1));
    for report in ["report.html", "junit.xml", "ctrf-report.json", "vestibule.sarif", "badge.svg", "run.jsonl"] {
        assert!(folder.path().join("vestibule-report").join(report).exists(), "{report}");
    }
}

/// The first block of the README that begins with this fence.
fn block(fence: &str) -> &'static str {
    let (_, rest) = README.split_once(fence).unwrap();
    rest.split_once("```").unwrap().0
}

/// The text without waiting times, which differ from run to run.
fn steady(text: &str) -> String {
    regex::Regex::new(r"\d+\.\d s\b").unwrap().replace_all(text, "… s").into_owned()
}

const README: &str = include_str!("../../../README.md");
