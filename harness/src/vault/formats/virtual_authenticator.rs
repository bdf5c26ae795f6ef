//! The credentials of a virtual authenticator: what "Get Credentials" of WebDriver (WebAuthn Level 3, 11.6) and
//! `WebAuthn.getCredentials` of DevTools answer, or one credential of them as "Add Credential" (11.5) takes it.
//!
//! Read in each wrapping in which drivers and libraries save them: a list, `{"value": […]}`, `{"credentials": […]}`,
//! `{"credential": {…}}`, or a credential alone.

use serde_json::Value;

use super::error::{ExportError, FormatError};
use super::json::{JsonText, W3C_NAMES};
use super::record::Record;
use crate::authenticator::browser_commands::to_webdriver;
use crate::vault::account::Account;

/// Reads the credentials.
///
/// # Errors
///
/// If one is malformed, with its place.
pub(super) fn read(json: &JsonText<'_>) -> Result<Vec<Record>, FormatError> {
    let whole = json.whole();
    let credentials = match json.object(whole) {
        Err(_) => json.list(whole)?,
        Ok(fields) => match (fields.get("value").or(fields.get("credentials")), fields.get("credential")) {
            (Some(list), _) => json.list(list)?,
            (None, Some(credential)) => vec![*credential],
            (None, None) => vec![whole],
        },
    };
    credentials.into_iter().map(|credential| json.credential(credential, &W3C_NAMES, &[])).collect()
}

/// Writes the credentials as the answer to "Get Credentials".
///
/// # Errors
///
/// If there is none.
pub(super) fn write(accounts: &[&Account]) -> Result<String, ExportError> {
    let passkeys = accounts.iter().flat_map(|account| account.passkeys.credentials());
    let credentials: Vec<Value> = passkeys.map(to_webdriver).collect();
    if credentials.is_empty() {
        return Err(ExportError::Nothing("a passkey"));
    }
    lines(&Value::Array(credentials))
}

/// JSON as people read it, with a line end.
pub(super) fn lines(value: &Value) -> Result<String, ExportError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| ExportError::Writer(error.to_string()))?;
    Ok(format!("{text}\n"))
}
