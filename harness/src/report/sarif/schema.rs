//! What every SARIF log must look like, for the tests of all reports that write one.

use serde_json::{Value, json};

/// Holds a log against the standard, and gives it as JSON.
pub(in crate::report) fn checked(text: &str) -> Value {
    let log: Value = serde_json::from_str(text).unwrap();
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let wrong: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(result["ruleId"], rules[index]["id"]);
    }
    log
}

/// What SARIF 2.1.0 requires of the objects that are written, and the properties that they may have: its clauses 3.13 (log),
/// 3.14 (run), 3.18 (tool), 3.19 (component), 3.20 (invocation), 3.27 (result), 3.11 (message), 3.28 (location), 3.30
/// (region), 3.49 (rule), 3.58 (notification).
fn schema() -> Value {
    let level = json!({ "enum": ["none", "note", "warning", "error"] });
    let text = |required: Value| {
        json!({ "type": "object", "additionalProperties": false, "required": required, "properties": {
            "text": { "type": "string", "minLength": 1 }, "markdown": { "type": "string" }, "id": { "type": "string" },
        } })
    };
    let bag = json!({ "type": "object", "properties": {
        "tags": { "type": "array", "uniqueItems": true, "items": { "type": "string" } },
        "security-severity": { "type": "string", "pattern": "^(10|[0-9])\\.[0-9]$" },
    } });
    let rule = json!({ "type": "object", "additionalProperties": false, "required": ["id"], "properties": {
        "id": { "type": "string" }, "name": { "type": "string" }, "properties": bag,
        "shortDescription": text(json!(["text"])), "fullDescription": text(json!(["text"])), "help": text(json!(["text"])),
        "defaultConfiguration": { "type": "object", "additionalProperties": false, "properties": { "level": level } },
    } });
    let region = json!({ "type": "object", "additionalProperties": false, "properties": {
        "startLine": { "type": "integer", "minimum": 1 }, "startColumn": { "type": "integer", "minimum": 1 },
    } });
    let location = json!({ "type": "object", "additionalProperties": false, "properties": { "physicalLocation": {
        "type": "object", "additionalProperties": false, "required": ["artifactLocation"], "properties": {
            "artifactLocation": { "type": "object", "additionalProperties": false, "properties": {
                "uri": { "type": "string", "pattern": "^[!-~]+$" },
            } },
            "region": region,
        },
    } } });
    let result = json!({ "type": "object", "additionalProperties": false, "required": ["message"], "properties": {
        "ruleId": { "type": "string" }, "ruleIndex": { "type": "integer", "minimum": -1 }, "level": level,
        "message": text(json!(["text"])), "locations": { "type": "array", "items": location }, "properties": bag,
        "partialFingerprints": { "type": "object", "additionalProperties": { "type": "string" } },
    } });
    let driver = json!({ "type": "object", "additionalProperties": false, "required": ["name"], "properties": {
        "name": { "type": "string" }, "version": { "type": "string" },
        "rules": { "type": "array", "uniqueItems": true, "items": rule },
    } });
    let notification = json!({ "type": "object", "additionalProperties": false, "required": ["message"], "properties": {
        "message": text(json!(["text"])), "level": level,
    } });
    let invocation = json!({ "type": "object", "additionalProperties": false, "required": ["executionSuccessful"],
        "properties": {
            "executionSuccessful": { "type": "boolean" },
            "startTimeUtc": { "type": "string", "pattern": "^[0-9-]{10}T[0-9:]{8}(\\.[0-9]+)?Z$" },
            "toolExecutionNotifications": { "type": "array", "items": notification },
        } });
    json!({ "type": "object", "additionalProperties": false, "required": ["version", "runs"], "properties": {
        "$schema": { "type": "string", "pattern": "^https://.*sarif-schema-2\\.1\\.0\\.json$" },
        "version": { "const": "2.1.0" },
        "runs": { "type": "array", "items": {
            "type": "object", "additionalProperties": false, "required": ["tool"], "properties": {
                "tool": { "type": "object", "additionalProperties": false, "required": ["driver"], "properties": {
                    "driver": driver,
                } },
                "invocations": { "type": "array", "uniqueItems": false, "items": invocation },
                "columnKind": { "enum": ["utf16CodeUnits", "unicodeCodePoints"] },
                "results": { "type": "array", "items": result }, "properties": bag,
            },
        } },
    } })
}
