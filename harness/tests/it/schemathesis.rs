//! Schemathesis, as PyPI has it, asks each operation of the control API for what its description allows and for what it
//! does not, and compares each answer with the description. `make schemathesis` installs it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::clients::installed;
use crate::serve::Served;

#[test]
fn the_control_api_answers_with_no_failure_and_no_status_beside_its_description() {
    let Some(schemathesis) = installed_schemathesis() else { return };
    let served = Served::start(&["--date=2026-11-02", "--user=rep:verifiers=totp", "--user=pia:verifiers=passkey"]);
    let start = served.ready["start-url"].as_str().unwrap();
    let (origin, token) = start.split_once("/?token=").unwrap();
    let description = format!("{origin}/vestibule/api/v1/openapi.json");
    let folder = tempfile::tempdir().unwrap();
    let (settings, report) = (folder.path().join("schemathesis.toml"), folder.path().join("report.xml"));
    fs::write(&settings, SETTINGS).unwrap();

    let mut command = Command::new("python3");
    command.arg(schemathesis.join("bin/schemathesis")).args(["--no-color", "--config-file"]).arg(&settings);
    command.args(["run", &description, "--header", &format!("Authorization: Bearer {token}")]);
    command.args(["--checks", CHECKS, "--seed", "1", "--max-examples", EXAMPLES, "--request-timeout", "60"]);
    // Its answer has no end.
    command.args(["--exclude-operation-id", "follow-journal", "--report", "junit", "--report-junit-path"]).arg(&report);
    command.arg("--tls-verify").arg(served.ready["ca-file"].as_str().unwrap());
    let output = command.env("PYTHONPATH", &schemathesis).current_dir(folder.path()).output().unwrap();

    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).replace(token, "…"));
    assert!(output.status.success(), "{out}{err}");
    let report = fs::read_to_string(report).unwrap();
    for operation in operations(&served, &schemathesis, &description, token) {
        assert!(report.contains(&operation), "{operation} was not asked: {report}");
    }
}

/// Each operation that is asked, as the report names it: `GET /realms`.
fn operations(served: &Served, schemathesis: &std::path::Path, description: &str, token: &str) -> Vec<String> {
    let script = "import json, sys, requests\n\
        answer = requests.get(sys.argv[1], headers={'Authorization': 'Bearer ' + sys.argv[2]}, verify=sys.argv[3])\n\
        print(json.dumps(answer.json()))";
    let mut command = Command::new("python3");
    command.args(["-c", script, description, token, served.ready["ca-file"].as_str().unwrap()]);
    let output = command.env("PYTHONPATH", schemathesis).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, methods)| {
        let described = methods.as_object().unwrap().iter().filter(|(_, one)| one["operationId"] != "follow-journal");
        described.map(move |(method, _)| format!("{} {path}", method.to_uppercase()))
    });
    operations.collect()
}

/// Where it is installed. Says aloud that the test is left out, unless `make schemathesis` runs it.
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn installed_schemathesis() -> Option<PathBuf> {
    let clients = installed();
    let there = clients.join("installed-schemathesis").exists();
    let required = std::env::var("VESTIBULE_TEST_SCHEMATHESIS").is_ok_and(|value| value == "required");
    assert!(there || !required, "run `harness/tests/clients/install target/clients schemathesis`");
    if !there {
        eprintln!("LEFT OUT: there is no Schemathesis; `make schemathesis` installs it");
    }
    there.then(|| clients.join("schemathesis"))
}

/// So that most requests reach the realm that is served, and none waits.
const SETTINGS: &str = r#"
[parameters]
"path.realm" = "acme--uat"
"path.user" = "rep"
"query.wait" = 0
"#;
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
const EXAMPLES: &str = "100";
