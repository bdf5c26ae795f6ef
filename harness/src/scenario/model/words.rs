//! One word of a list that is built from types of the model.

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error};

/// Reads one word of this list; refuses an unknown word and shows the list.
pub(super) struct OneOf(pub(super) &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for OneOf {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        let word = String::deserialize(deserializer)?;
        let known = self.0.iter().find(|known| **known == word);
        known.copied().ok_or_else(|| D::Error::unknown_variant(&word, self.0))
    }
}
