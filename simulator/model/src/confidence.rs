//! How certain a fact is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// How certain a fact is, from most to least certain.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "confidence", rename_all = "kebab-case")]
#[schemars(rename = "Confidence")]
#[strum(serialize_all = "kebab-case")]
pub enum Confidence {
    /// The vendor's own text or code.
    Official,
    /// Seen in independent public sources.
    Seen,
    /// Inferred from other facts.
    Inferred,
    /// Background knowledge, not verified.
    Background,
    /// Chosen for this run, against or without a source. Never written in a file.
    #[serde(skip_deserializing)]
    Chosen,
}

impl Confidence {
    /// The mark as written in rulebooks, presets and explanations: `OFF`, `V`, `INF`, `BK`, `SET`.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Official => "OFF",
            Self::Seen => "V",
            Self::Inferred => "INF",
            Self::Background => "BK",
            Self::Chosen => "SET",
        }
    }
}

/// For `#[serde(with)]`: reads and writes a confidence as its [mark](Confidence::mark).
pub mod mark {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use strum::IntoEnumIterator;

    use super::Confidence;

    /// Writes the mark.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(confidence: &Confidence, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(confidence.mark())
    }

    /// Reads a mark that a rule may have: `OFF`, `V` or `INF`.
    ///
    /// # Errors
    /// If it is any other text.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Confidence, D::Error> {
        Mark::deserialize(deserializer).map(|mark| match mark {
            Mark::Off => Confidence::Official,
            Mark::V => Confidence::Seen,
            Mark::Inf => Confidence::Inferred,
        })
    }

    /// Reads any mark of a file, including `BK`.
    ///
    /// # Errors
    /// If it is not a mark.
    pub fn deserialize_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Confidence, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut known = Confidence::iter().filter(|confidence| *confidence != Confidence::Chosen);
        let found = known.find(|confidence| confidence.mark() == text);
        found.ok_or_else(|| D::Error::custom(format!("`{text}` is not a mark: write OFF, V, INF or BK")))
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "UPPERCASE")]
    enum Mark {
        Off,
        V,
        Inf,
    }
}
