//! The words that `expect: { journal: … }` may use, from the type of the events.

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use serde_json::Value;
use vestibule_simulator::realm::Event;

use crate::scenario::FieldWords;

/// Each event with its fields, and each field with the words that it can hold.
pub(crate) fn journal_vocabulary() -> BTreeMap<String, BTreeMap<String, FieldWords>> {
    let settings = SchemaSettings::draft07().with(|settings| settings.inline_subschemas = true);
    let schema = Value::from(settings.into_generator().into_root_schema_for::<Event>());
    let mut events = BTreeMap::new();
    for variant in alternatives(&schema) {
        for (event, content) in entries(&variant["properties"]) {
            let fields = entries(&content["properties"]).map(|(field, schema)| (field.clone(), words(schema)));
            events.insert(event.clone(), fields.collect());
        }
        // An event without fields is a plain word.
        events.extend(plain_words(variant).map(|event| (event, BTreeMap::new())));
    }
    events
}

/// The words of a field; any text where the schema lists none.
fn words(schema: &Value) -> FieldWords {
    let parts = alternatives(schema);
    let free = |part: &&Value| part["type"] == "string" && part["enum"].is_null() && part["const"].is_null();
    let words: Vec<String> = parts.iter().copied().flat_map(plain_words).collect();
    if words.is_empty() || parts.iter().any(free) { FieldWords::Any } else { FieldWords::OneOf(words) }
}

/// The schema itself, or everything that it offers, `Option` and enums inside one another.
fn alternatives(schema: &Value) -> Vec<&Value> {
    let offered = ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|word| schema[word].as_array()).flatten();
    let offered: Vec<&Value> = offered.flat_map(alternatives).collect();
    if offered.is_empty() { vec![schema] } else { offered }
}

fn plain_words(schema: &Value) -> impl Iterator<Item = String> {
    let listed = schema["enum"].as_array().into_iter().flatten().chain(schema.get("const"));
    listed.filter_map(Value::as_str).map(str::to_owned)
}

fn entries(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.as_object().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_type() {
        let events = journal_vocabulary();

        let fields = |event: &str| events[event].keys().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(fields("verifier-enrolled"), ["method", "user"]);
        assert_eq!(fields("login-form-posted"), ["page", "password-holds", "user", "username-holds"]);
        assert!(fields("login-recorded").contains(&"status"), "an event that is a row has the fields of the row");
        assert!(
            matches!(&events["verifier-enrolled"]["method"], FieldWords::OneOf(words) if words.contains(&"totp-app".to_owned()))
        );
        assert_eq!(events["verifier-enrolled"]["user"], FieldWords::Any);
        assert!(
            matches!(&events["request-refused"]["host"], FieldWords::OneOf(words) if words.contains(&"my-domain".to_owned()))
        );
    }
}
