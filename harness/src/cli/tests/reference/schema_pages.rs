//! Pages of the reference that are generated from a JSON Schema, which is itself generated from the types.

use std::fmt::Write as _;

use schemars::generate::SchemaSettings;
use serde_json::Value;
use vestibule_model::PageName;
use vestibule_simulator::realm::Event;

use super::cell;
use crate::outcome::{RunEvent, SCHEMA};
use crate::scenario;

/// The keys of a scenario file, part by part.
pub(super) fn scenario() -> String {
    let schema = scenario::schema();
    let intro = "One YAML document is one scenario. `vestibule schema` prints this as JSON Schema, for editors.\n\n\
                 ## The document\n\n";
    format!("{intro}{}{}", described(&schema), parts(&schema))
}

/// The names of pages, in the order of a login.
pub(super) fn page_names() -> String {
    format!(
        "The names of pages in `expect: {{ page: … }}` and in the reports.\n\n{}",
        described(&schemars::schema_for!(PageName).into())
    )
}

/// The events of a realm.
pub(super) fn journal() -> String {
    let schema = draft07::<Event>();
    let intro = "The events that a realm records, by the names that `expect: { journal: [ … ] }` uses. No event contains a secret.\n\n";
    format!("{intro}{}{}", described(&schema), parts(&schema))
}

/// The lines of a run's file.
pub(super) fn run_events() -> String {
    let schema = draft07::<RunEvent>();
    let intro = format!(
        "`run.jsonl` has one JSON object per line, appended while the run goes on; `run --json` prints the same. This is \
         format {SCHEMA}; fields may be added without a new number. The last attempt at a case decides its verdict; a file \
         without `run-finished` comes from a run that was killed. Secrets are replaced before a line is written.\n\n\
         ## The line\n\n"
    );
    format!("{intro}{}{}", described(&schema), parts(&schema))
}

fn draft07<T: schemars::JsonSchema>() -> Value {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<T>().into()
}

/// Every definition under a heading of its own.
fn parts(schema: &Value) -> String {
    let mut text = String::new();
    for (name, definition) in schema["definitions"].as_object().unwrap() {
        writeln!(text, "## {name}\n").unwrap();
        if let Some(about) = definition["description"].as_str() {
            writeln!(text, "{}\n", cell(about)).unwrap();
        }
        text += &described(definition);
    }
    text
}

/// A table of the keys of an object, or of the values of a choice.
fn described(schema: &Value) -> String {
    if let Some(keys) = schema["properties"].as_object() {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let mut text = String::from("| Key | Value | |\n|---|---|---|\n");
        for (key, value) in keys {
            let must = if required.iter().any(|name| name == key) { " (required)" } else { "" };
            writeln!(text, "| `{key}`{must} | {} | {} |", kind(value), about(value)).unwrap();
        }
        return text + "\n";
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let mut text = String::from("| Value | |\n|---|---|\n");
        for choice in choices {
            let fields = choice["properties"].as_object().and_then(|one| one.values().next());
            let fields = fields.and_then(|value| value["properties"].as_object());
            let mut says = about(choice);
            for (key, value) in fields.into_iter().flatten() {
                write!(says, "<br>`{key}` ({}): {}", kind(value), about(value)).unwrap();
            }
            writeln!(text, "| {} | {says} |", kind(choice)).unwrap();
        }
        return text + "\n";
    }
    format!("{}\n\n", kind(schema))
}

fn about(schema: &Value) -> String {
    // What the code calls `None` is `null` in a file.
    cell(schema["description"].as_str().unwrap_or_default()).replace("`None`", "`null`")
}

/// The allowed values: `text`, `list of [VerificationMethod](#verificationmethod)`.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(value) = schema["const"].as_str() {
        return format!("`{value}`");
    }
    for several in ["allOf", "anyOf", "enum", "oneOf"] {
        if let Some(choices) = schema[several].as_array() {
            let kinds =
                choices.iter().map(|choice| choice.as_str().map_or_else(|| kind(choice), |word| format!("`{word}`")));
            let kinds: Vec<_> = kinds.filter(|kind| kind != "nothing").collect();
            return kinds.join(" or ");
        }
    }
    match &schema["type"] {
        Value::Array(types) => {
            let kinds: Vec<_> = types.iter().filter_map(Value::as_str).filter(|name| *name != "null").collect();
            kinds.iter().map(|name| of_type(name, schema)).collect::<Vec<_>>().join(" or ")
        }
        Value::String(name) => of_type(name, schema),
        _ => "any value".to_owned(),
    }
}

fn of_type(name: &str, schema: &Value) -> String {
    let keys = schema["properties"].as_object();
    match name {
        "string" => "text".to_owned(),
        "integer" | "number" => "number".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        "null" => "nothing".to_owned(),
        "array" => format!("list of {}", kind(&schema["items"])),
        "object" if schema["additionalProperties"].is_object() => {
            format!("for each name, {}", kind(&schema["additionalProperties"]))
        }
        "object" => match keys.and_then(|keys| keys.iter().next()) {
            Some((key, value)) if keys.is_some_and(|keys| keys.len() == 1) && value["properties"].is_null() => {
                format!("`{key}:` {}", kind(value))
            }
            Some((key, _)) if keys.is_some_and(|keys| keys.len() == 1) => format!("`{key}`"),
            Some(_) => keys.into_iter().flatten().map(|(key, _)| format!("`{key}`")).collect::<Vec<_>>().join(", "),
            None => "keys".to_owned(),
        },
        other => other.to_owned(),
    }
}
