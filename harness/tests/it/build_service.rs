//! Tests `action.yml`, `Dockerfile` and the scripts of `.ci` without GitHub or Docker: a shell parses them, and the steps
//! that start the program run as in a job. This does not show that images build or that GitHub accepts the action; that
//! packages install is shown by `make dist-check`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::files::files_below;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn steps() -> Vec<Value> {
    let text = fs::read_to_string(root().join("action.yml")).unwrap();
    let action: Value = serde_saphyr::from_str(&text).unwrap();
    assert_eq!(action["runs"]["using"], "composite");
    action["runs"]["steps"].as_array().unwrap().clone()
}

fn script(step: &str) -> String {
    let steps = steps();
    let found = steps.iter().find(|one| one["name"] == step).unwrap();
    assert_eq!(found["shell"], "bash");
    found["run"].as_str().unwrap().to_owned()
}

/// Runs a step as GitHub does if its shell is `bash`.
fn bash(script: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]);
    command.envs(variables.iter().copied()).output().unwrap()
}

#[test]
fn a_shell_can_parse_every_step_and_every_run_instruction() {
    let runs: Vec<String> = steps().iter().filter_map(|step| Some(step["run"].as_str()?.to_owned())).collect();
    let docker = fs::read_to_string(root().join("Dockerfile")).unwrap().replace("\\\n", " ");
    let known = ["FROM", "RUN", "ARG", "ENV", "WORKDIR", "COPY", "USER", "ENTRYPOINT", "CMD"];
    let instructions: Vec<(&str, &str)> = docker
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once(' ').unwrap())
        .collect();
    let in_docker = instructions.iter().filter(|(name, _)| *name == "RUN").map(|(_, script)| (*script).to_owned());

    for script in runs.iter().cloned().chain(in_docker) {
        let output = Command::new("bash").args(["-n", "-c", &script]).output().unwrap();
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(runs.len() >= 3 && instructions.iter().all(|(name, _)| known.contains(name)), "{instructions:?}");
    let position = |name: &str| instructions.iter().rposition(|(found, _)| *found == name).unwrap();
    assert!(position("USER") < position("ENTRYPOINT"), "the program does not run as root");
}

#[test]
fn a_shell_can_parse_every_script_that_builds_and_checks() {
    let files = files_below(&root().join(".ci"));
    let scripts: Vec<PathBuf> = files
        .into_iter()
        .filter(|path| fs::read_to_string(path).unwrap().starts_with("#!/usr/bin/env bash\n"))
        .collect();

    for script in &scripts {
        let output = Command::new("bash").arg("-n").arg(script).output().unwrap();
        assert!(output.status.success(), "{}: {}", script.display(), String::from_utf8_lossy(&output.stderr));
    }
    assert!(scripts.len() >= 12, "{scripts:?}");
}

#[test]
fn an_action_never_puts_an_input_into_its_shell() {
    for step in steps() {
        let run = step["run"].as_str().unwrap_or_default();
        assert!(!run.contains("${{"), "{run}");
    }
}

#[test]
fn the_action_runs_its_inputs_and_returns_the_exit_code_of_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("output");
    let bad = folder.path().join("with a space.yaml");
    fs::write(&bad, "title: A typo\nstpes: []\n").unwrap();
    let reports = folder.path().join("reports");

    let ran = bash(
        &script("Run"),
        &[
            ("SOURCE", "/nowhere"),
            ("BINARY", env!("CARGO_BIN_EXE_vestibule")),
            ("COMMAND", "run"),
            ("SUITE", &format!("{}\n", bad.display())),
            ("ARGS", "--workers\n1\n"),
            ("REPORT_DIR", reports.to_str().unwrap()),
            ("GITHUB_OUTPUT", output.to_str().unwrap()),
        ],
    );
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    let code = fs::read_to_string(&output).unwrap();

    assert!(ran.status.success(), "the reports are kept before the job ends: {said}");
    assert!(said.contains("with a space.yaml:2:1"), "{said}");
    assert_eq!(code, "exit-code=2\n");
    let ended = bash(&script("Return the exit code"), &[("CODE", code.trim().trim_start_matches("exit-code="))]);
    assert_eq!(ended.status.code(), Some(2));
}
