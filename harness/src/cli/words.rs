//! Words on the command line are those of scenario files.

use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

/// Reads one of the words of a type, as a scenario file would have it; the error lists them all.
pub(super) fn word<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let source: StrDeserializer<'_, Error> = text.into_deserializer();
    T::deserialize(source).map_err(|error| error.to_string())
}
