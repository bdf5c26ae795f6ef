//! The short form of a section, as the command line takes it: `profile=Standard User,verifiers=totp+passkey`. It is
//! read like the section of a file, with the same keys, words and defaults.

use serde::de::DeserializeOwned;
use vestibule_model::diagnostic::Diagnostic;
use vestibule_model::yaml::{Key, Node, Span, Value, read};

/// Reads a section from its keys and values.
///
/// # Errors
///
/// What is wrong with the section, without a place.
pub(crate) fn read_short_form<T: DeserializeOwned>(settings: &[(&str, &str)]) -> Result<T, Diagnostic> {
    read(&section(settings)).map_err(|error| error.diagnostic)
}

/// The section of these keys and values as a file would have it.
pub(super) fn section(settings: &[(&str, &str)]) -> Node {
    let entries = settings.iter().map(|(name, text)| {
        let key = Key { span: Span::default(), name: (*name).to_owned() };
        (key, node(value(name, text)))
    });
    node(Value::Map(entries.collect()))
}

/// Reads one word of a list of words, such as an org kind.
///
/// # Errors
///
/// If the word is not in the list: what is, and the nearest of it.
pub(crate) fn read_word<T: DeserializeOwned>(text: &str) -> Result<T, Diagnostic> {
    read(&node(Value::Text(text.to_owned()))).map_err(|error| error.diagnostic)
}

/// Whether the value of this key is a list, whose items are joined with `+`.
pub(crate) fn is_list(name: &str) -> bool {
    LISTS.contains(&name)
}

/// An item of a list, without what is around it in a file.
pub(crate) fn list_item(text: &str) -> &str {
    text.trim().trim_matches(['[', ']', '"', '\'']).trim()
}

/// The value of a key as a file would have it.
pub(super) fn value(name: &str, text: &str) -> Value {
    match text {
        _ if is_list(name) => {
            let items = text.split('+').map(list_item).filter(|item| !item.is_empty());
            Value::List(items.map(|item| node(Value::Text(item.to_owned()))).collect())
        }
        _ if NUMBERS.contains(&name) => text.parse().map_or_else(|_| Value::Text(text.to_owned()), Value::Integer),
        "true" | "false" if !TEXTS.contains(&name) => Value::Bool(text == "true"),
        _ => Value::Text(text.to_owned()),
    }
}

fn node(value: Value) -> Node {
    Node { span: Span::default(), value }
}

/// Keys whose values are lists: `totp+passkey`.
const LISTS: [&str; 12] = [
    "amr",
    "context-order",
    "faults",
    "high-assurance-pages",
    "login-ip-ranges",
    "methods",
    "permissions",
    "requested-context",
    "trusted-ip-ranges",
    "verifiers",
    "weaknesses",
    "xml-attributes",
];

/// Keys whose values are numbers.
const NUMBERS: [&str; 9] = [
    "clock-skew",
    "lockout-after",
    "max-age",
    "other-workers",
    "passkey-timeout",
    "second-page-delay",
    "session-lifetime",
    "stagger-day",
    "step-up-period",
];

/// Keys whose values stay texts, whatever they look like.
const TEXTS: [&str; 11] = [
    "client-id",
    "client-secret",
    "email",
    "federation-id",
    "identity-attribute",
    "mobile-phone",
    "password",
    "profile",
    "security-token",
    "totp-secret",
    "username",
];

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;
    use vestibule_model::{IdpSpec, OrgSpec, UserSpec};

    use super::*;

    #[test]
    fn every_list_of_words_and_every_number_of_a_section_is_read_as_one() {
        let mut missing = Vec::new();
        for schema in [schemars::schema_for!(OrgSpec), schemars::schema_for!(UserSpec), schemars::schema_for!(IdpSpec)]
        {
            let schema = schema.to_value();
            for (name, property) in schema["properties"].as_object().unwrap() {
                let is_of_words = |property: &Json| !is(&schema, &schema_of(&schema, property)["items"], "object");
                let is_words = is(&schema, property, "array") && is_of_words(property);
                if is_words && !LISTS.contains(&name.as_str()) {
                    missing.push(format!("list {name}"));
                }
                let is_number = is(&schema, property, "integer") && !is(&schema, property, "string");
                if is_number && !NUMBERS.contains(&name.as_str()) {
                    missing.push(format!("number {name}"));
                }
            }
        }

        assert!(missing.is_empty(), "{missing:?}");
    }

    /// Whether a value of this type is valid.
    fn is(schema: &Json, property: &Json, kind: &str) -> bool {
        let property = schema_of(schema, property);
        let of =
            |kinds: &Json| kinds == kind || kinds.as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind));
        let either = ["anyOf", "oneOf"].into_iter().filter_map(|key| property[key].as_array()).flatten();
        of(&property["type"]) || either.into_iter().any(|one| is(schema, one, kind))
    }

    /// The schema that a property refers to.
    fn schema_of<'a>(schema: &'a Json, property: &'a Json) -> &'a Json {
        let reference = property["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        reference.and_then(|pointer| schema.pointer(pointer)).unwrap_or(property)
    }
}
