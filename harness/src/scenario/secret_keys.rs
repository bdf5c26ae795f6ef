//! Which keys of a scenario hold a secret, by the types that read them: the schema gives those of the type `Secret` the
//! format `password`.

use std::sync::LazyLock;

use serde_json::Value;

use super::schema::schema;

/// What the schema says of one key: one part where it is plain, several where the type has alternatives.
pub(super) struct KeySchema(Vec<&'static Value>);

impl KeySchema {
    /// Of a dotted key: `users.rep.password`.
    pub(super) fn of(path: &str) -> Self {
        path.split('.').fold(Self(parts(&SCHEMA)), |outer, key| outer.key(key))
    }

    /// Of a key, or of the item with this number, inside the value.
    pub(super) fn key(&self, key: &str) -> Self {
        let item = key.parse::<usize>().is_ok().then_some("items");
        let below = |part: &'static Value| {
            let named = part["properties"].get(key);
            named.or_else(|| part.get("additionalProperties")).or_else(|| part.get(item?))
        };
        Self(self.0.iter().copied().filter_map(below).flat_map(parts).collect())
    }

    /// Of the items of the list.
    pub(super) fn item(&self) -> Self {
        self.key("0")
    }

    /// Whether the value is a secret.
    pub(super) fn is_secret(&self) -> bool {
        self.0.iter().any(|part| part["format"] == "password")
    }
}

/// A schema with everything that it refers to or offers as an alternative.
fn parts(schema: &'static Value) -> Vec<&'static Value> {
    let target = schema["$ref"].as_str().and_then(|path| SCHEMA.pointer(path.trim_start_matches('#')));
    let combined = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|word| schema[word].as_array()).flatten();
    std::iter::once(schema).chain(target.into_iter().chain(combined).flat_map(parts)).collect()
}

static SCHEMA: LazyLock<Value> = LazyLock::new(schema);
