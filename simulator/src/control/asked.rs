//! Reading what a request brings, and waiting for what it asks for.

use std::time::Duration;

use serde::de::DeserializeOwned;

use super::error::ControlError;
use crate::http::Fields;
use crate::realm::Realm;

/// The JSON of a body.
pub(super) fn body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ControlError> {
    serde_json::from_slice(bytes).map_err(|error| ControlError::bad(format!("the body is not as described: {error}")))
}

/// The fields of a query.
pub(super) fn query(raw: Option<String>) -> Fields {
    Fields::parse(raw.unwrap_or_default().as_bytes())
}

/// A number in a query; 0 if it is not there.
pub(super) fn number(query: &Fields, name: &str) -> Result<u64, ControlError> {
    match query.get(name) {
        None => Ok(0),
        Some(text) => text.parse().map_err(|_| ControlError::bad(format!("`{name}` is not a whole number from 0"))),
    }
}

/// How long the request wants to wait: the field `wait`.
pub(super) fn wait(query: &Fields) -> Result<Duration, ControlError> {
    let seconds = number(query, "wait")?;
    if seconds > LONGEST_WAIT {
        return Err(ControlError::bad(format!("`wait` is {LONGEST_WAIT} seconds at most")));
    }
    Ok(Duration::from_secs(seconds))
}

/// Looks again whenever the journal of the realm has grown, until there is something, the realm has ended or the time is
/// over.
pub(super) async fn found_within<T>(
    realm: &Realm,
    wait: Duration,
    look: impl Fn() -> T,
    is_something: impl Fn(&T) -> bool,
) -> T {
    let found = async {
        loop {
            // Everything that can be waited for has an entry, which comes after it.
            let length = realm.journal.length();
            let found = look();
            if is_something(&found) {
                return found;
            }
            if !realm.journal.grows_beyond(length).await {
                return found;
            }
        }
    };
    match tokio::time::timeout(wait, found).await {
        Ok(found) => found,
        Err(_) => look(),
    }
}

/// The most seconds that a request waits.
const LONGEST_WAIT: u64 = 60;
