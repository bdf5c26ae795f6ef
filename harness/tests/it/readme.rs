//! What the README shows is what happens.

use std::fs;

use crate::program::vestibule;

#[test]
fn the_scenario_of_the_readme_fails_with_the_output_of_the_readme() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("believed.yaml"), block("```yaml\n")).unwrap();

    let output = vestibule(&["run", "believed.yaml"]).current_dir(folder.path()).output().unwrap();

    let said = String::from_utf8(output.stderr).unwrap();
    let failure = said.split("\n\n").find(|part| part.starts_with("      why: "));
    assert_eq!(steady(failure.unwrap_or(&said)), steady(block("```text\n").trim_end()));
    assert_eq!(output.status.code(), Some(1));
    for report in ["report.html", "junit.xml", "run.jsonl"] {
        assert!(folder.path().join("vestibule-report").join(report).exists(), "{report}");
    }
}

#[test]
fn every_command_of_the_readme_is_understood() {
    let commands: Vec<_> = README.lines().filter_map(|line| line.strip_prefix("vestibule ")).collect();
    assert!(commands.len() >= 10, "{commands:?}");

    for command in commands {
        let command = command.split(" #").next().unwrap();
        let words: Vec<_> = command.split('\'').enumerate().flat_map(|(at, part)| words(at, part)).collect();
        let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        arguments.push("--help");

        let output = vestibule(&arguments).output().unwrap();

        assert_eq!(output.status.code(), Some(0), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Parts at odd places stood in quotes.
fn words(at: usize, part: &str) -> Vec<String> {
    if at % 2 == 1 { vec![part.to_owned()] } else { part.split_whitespace().map(str::to_owned).collect() }
}

/// The first block of the README that begins so.
fn block(fence: &str) -> &'static str {
    let (_, rest) = README.split_once(fence).unwrap();
    rest.split_once("```").unwrap().0
}

/// Without the port and the time of waiting, which differ from run to run.
fn steady(text: &str) -> String {
    let port = regex::Regex::new(r"localhost:\d+").unwrap();
    let waited = regex::Regex::new(r"for \d+\.\d s").unwrap();
    waited.replace_all(&port.replace_all(text, "localhost:…"), "for … s").into_owned()
}

const README: &str = include_str!("../../../README.md");
