//! Values on the command line. Words are those of scenario files.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

/// Parses a word of a type, spelled as in a scenario file; the error lists every valid word.
pub(crate) fn word<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let source: StrDeserializer<'_, Error> = text.into_deserializer();
    T::deserialize(source).map_err(|error| error.to_string())
}

/// `30s`, `1m 30s`, `250ms`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let parsed: jiff::SignedDuration =
        text.parse().map_err(|_| "write a number and a unit: 250ms, 30s, 2m".to_owned())?;
    Duration::try_from(parsed).map_err(|_| "a duration cannot be negative".to_owned())
}
