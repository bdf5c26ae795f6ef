//! The JSON Schema of a scenario, with which editors complete and check the files.
//!
//! Generated from the types that read the files. Only the keys that are read before the types (`matrix`, `cases`,
//! `must-fail`) and values with two spellings are written here by hand.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};
use vestibule_model::{ClockSpec, IdpSpec, OrgSpec, ProductSpec, RulebookChoice, UserSpec};

use super::model::{Condition, EventPattern, Expect, Expectation, Step};

/// The schema of one YAML document, JSON Schema draft 7, which the common YAML editors read.
pub(crate) fn schema() -> Value {
    let mut generator = SchemaSettings::draft07().into_generator();
    let root = root(&mut generator);
    let mut schema = root;
    schema["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    schema["definitions"] = Value::Object(generator.take_definitions(true));
    schema
}

fn root(generator: &mut SchemaGenerator) -> Value {
    let dotted = json!({
        "type": "object",
        "description": "Keys with dots say what changes: `users.admin.verifiers: [totp]`.",
        "minProperties": 1,
    });
    let matrix = json!({
        "type": "object",
        "description": "Each key with its values; every combination becomes a case: `org.kind: [sandbox, production]`.",
        "additionalProperties": { "type": "array", "minItems": 1 },
    });
    let cases = json!({
        "type": "array",
        "description": "One case for each row; a row changes keys and may have an `expect` of its own.",
        "items": dotted,
        "minItems": 1,
    });
    let must_fail = json!({
        "type": "object",
        "description": "The must-fail twin: with this change, the scenario must fail at the expectation named.",
        "properties": {
            "change": dotted,
            "because": generator.subschema_for::<Expectation>(),
        },
        "required": ["change", "because"],
        "additionalProperties": false,
    });
    json!({
        "title": "Vestibule scenario",
        "type": "object",
        "properties": {
            "title": { "type": "string", "minLength": 1, "description": "One sentence, unique within its suite." },
            "tags": { "type": "array", "items": { "type": "string" }, "description": "For `--tag`." },
            "condition": generator.subschema_for::<Condition>(),
            "org": generator.subschema_for::<OrgSpec>(),
            "rulebook": generator.subschema_for::<RulebookChoice>(),
            "users": named(generator.subschema_for::<UserSpec>(), "Users by key, the name that steps and reports use."),
            "idp": generator.subschema_for::<IdpSpec>(),
            "idps": named(generator.subschema_for::<IdpSpec>(), "Identity providers by key."),
            "products": named(generator.subschema_for::<ProductSpec>(), "Products beside the org by key."),
            "clock": generator.subschema_for::<ClockSpec>(),
            "steps": {
                "type": "array",
                "items": generator.subschema_for::<Step>(),
                "description": "What is done, in order.",
            },
            "expect": generator.subschema_for::<Expect>(),
            "matrix": matrix,
            "cases": cases,
            "must-fail": must_fail,
        },
        "required": ["title", "org"],
        "additionalProperties": false,
    })
}

fn named(item: Schema, description: &str) -> Value {
    json!({ "type": "object", "additionalProperties": item, "description": description })
}

impl JsonSchema for EventPattern {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "EventPattern".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The name of an event, or one name with fields that it must have: `verifier-enrolled: { method: totp-app }`.",
            "anyOf": [
                { "type": "string" },
                { "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": { "type": "object" } },
            ],
        })
    }
}

#[cfg(test)]
mod tests;
