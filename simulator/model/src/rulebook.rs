//! Which dated rules a realm follows.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

/// `rulebook: salesforce-2026-05-05`, `rulebook: ../rules/mine.yaml`, or with settings: `rulebook: { name: …, settings: { … } }`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RulebookChoice {
    /// Name of a built-in rulebook, or a rulebook file; `None` is the newest.
    pub name: Option<String>,
    /// The text of the file, once it was read.
    pub text: Option<String>,
    /// Settings that are changed, by name.
    pub settings: BTreeMap<String, serde_json::Value>,
}

impl RulebookChoice {
    /// Whether it names a file, as its extension says: `rules/mine.yaml`.
    pub fn names_a_file(&self) -> bool {
        let extension = self.name.as_deref().and_then(|name| Path::new(name).extension());
        extension.is_some_and(|extension| extension == "yaml" || extension == "yml")
    }
}

impl<'de> Deserialize<'de> for RulebookChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ChoiceVisitor)
    }
}

struct ChoiceVisitor;

impl<'de> Visitor<'de> for ChoiceVisitor {
    type Value = RulebookChoice;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a rulebook, or its name and settings")
    }

    fn visit_str<E>(self, name: &str) -> Result<RulebookChoice, E> {
        Ok(RulebookChoice { name: Some(name.to_owned()), ..RulebookChoice::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RulebookChoice, A::Error> {
        let full = WithSettings::deserialize(MapAccessDeserializer::new(map))?;
        Ok(RulebookChoice { name: Some(full.name), text: None, settings: full.settings })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WithSettings {
    name: String,
    #[serde(default)]
    settings: BTreeMap<String, serde_json::Value>,
}

impl JsonSchema for RulebookChoice {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RulebookChoice".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The name of a built-in rulebook, or a rulebook file beside this one (`../rules/mine.yaml`), or either with settings; default: the newest.",
            "anyOf": [
                { "type": "string" },
                {
                    "type": "object",
                    "properties": {
                        "name": { "type": "string" },
                        "settings": { "type": "object", "description": "`vestibule explain --settings` lists them." },
                    },
                    "required": ["name"],
                    "additionalProperties": false,
                },
            ],
        })
    }
}
