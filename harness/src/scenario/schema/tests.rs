//! Checks every built-in scenario against the JSON Schema, with a validator that does not know our types.

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::scenario::{embedded_suites, schema};

#[test]
fn every_shipped_scenario_fits_the_schema() {
    let validator = validator();
    for file in embedded_suites() {
        let text = String::from_utf8(file.bytes).unwrap();
        let documents: Vec<Value> = serde_saphyr::from_multiple(&text).unwrap();
        assert!(!documents.is_empty(), "{}", file.name);
        for document in documents {
            let errors: Vec<_> = validator
                .iter_errors(&document)
                .map(|error| format!("{} at {}", error, error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{}, `{}`: {}", file.name, document["title"], errors.join("; "));
        }
    }
}

#[test]
fn what_the_program_refuses_the_schema_refuses_too() {
    let validator = validator();
    let scenario = json!({
        "title": "An admin signs in",
        "org": { "kind": "sandbox", "date": "2026-08-03" },
        "users": { "admin": { "profile": "System Administrator", "verifiers": ["passkey", "totp"] } },
        "steps": [{ "sign-in": { "user": "admin", "via": "password", "actor": "two-step" } }, "sign-out"],
        "expect": { "page": "home", "journal": ["session-opened", { "verifier-enrolled": { "method": "totp-app" } }] },
    });
    assert!(validator.is_valid(&scenario));

    let rows: [(&str, Value); 8] = [
        ("/title", Value::Null),
        ("/org/kind", json!("sandbx")),
        ("/org/date", json!("3 August 2026")),
        ("/org/colour", json!("red")),
        ("/users/admin/verifiers", json!(["passkey", "smoke-signal"])),
        ("/steps/0/sign-in/actor", json!("two-steps")),
        ("/expect/page", json!("hmoe")),
        ("/step", json!([])),
    ];
    for (pointer, value) in rows {
        let mut wrong = scenario.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        wrong.pointer_mut(parent).unwrap()[key] = value;
        assert!(!validator.is_valid(&wrong), "{pointer} is accepted");
    }
}

fn validator() -> Validator {
    jsonschema::validator_for(&schema()).unwrap()
}
