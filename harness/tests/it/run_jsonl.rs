//! Checks the lines of `run.jsonl` against the schema of the types, from which the reference is generated.

use schemars::generate::SchemaSettings;
use serde_json::Value;
use vestibule::outcome::RunEvent;
use vestibule_simulator::realm::Event;

use crate::program::vestibule;

#[test]
fn the_lines_of_a_real_run_are_as_they_are_described() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("stopped.yaml"), STOPPED).unwrap();
    let validator = jsonschema::validator_for(&schema::<RunEvent>()).unwrap();
    let events = jsonschema::validator_for(&schema::<Event>()).unwrap();

    let output = vestibule(&["run", "--json", "stopped.yaml"]).current_dir(folder.path()).output().unwrap();

    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<Value> =
        serde_json::Deserializer::from_slice(&output.stdout).into_iter().map(Result::unwrap).collect();
    assert_eq!(lines.len(), 4);
    for line in &lines {
        validator.validate(line).unwrap_or_else(|error| panic!("{error} at {}", error.instance_path()));
    }
    let result = &lines[2]["case-finished"]["result"];
    assert_eq!(result["verdict"], "failed");
    assert_eq!(result["finding"]["cause"], "totp-missing");
    let journal = result["journal"].as_array().unwrap();
    assert!(!journal.is_empty());
    let at: Vec<u64> = journal.iter().map(|entry| entry["at-ms"].as_u64().unwrap()).collect();
    let end = lines[2]["case-finished"]["at-ms"].as_u64().unwrap();
    assert!(at.is_sorted() && at.iter().all(|at| *at <= end), "{at:?}, {end}");
    for entry in journal {
        events.validate(&entry["event"]).unwrap_or_else(|error| panic!("{error} in {entry}"));
    }
}

fn schema<T: schemars::JsonSchema>() -> Value {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<T>().into()
}

const STOPPED: &str = "\
title: A rep is believed to be home after the password
org: { kind: production, date: 2026-09-01 }
users:
  rep: { verifiers: [totp] }
steps:
  - sign-in: { user: rep, actor: two-step }
expect:
  page: home
";
