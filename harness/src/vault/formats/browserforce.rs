//! The credential file of Browserforce's setting `passkey`: one passkey of one org, with the ID of the org's record of it.
//!
//! `{ "rpId", "registrationId": "0mo…", "credential": { … } }`, where the credential is that of DevTools
//! (<https://github.com/amtrack/sfdx-browserforce-plugin/pull/759>, `credential-file.ts`). It does not name the user.

use serde_json::json;

use super::error::{ExportError, FormatError};
use super::json::{JsonText, W3C_NAMES};
use super::record::Record;
use super::virtual_authenticator::lines;
use crate::authenticator::browser_commands::to_webdriver;
use crate::vault::account::Account;

/// Reads the passkey.
///
/// # Errors
///
/// If a field is missing or malformed, with its place.
pub(super) fn read(json: &JsonText<'_>) -> Result<Vec<Record>, FormatError> {
    let whole = json.whole();
    let fields = json.object(whole)?;
    let mut record = json.credential(json.field(whole, &fields, "credential")?, &W3C_NAMES, &[])?;
    if let Some(raw) = fields.get("rpId") {
        let same = serde_json::from_str::<String>(raw).ok() == record.passkey.as_ref().map(|one| one.rp_id.clone());
        if !same {
            return Err(json.fault(raw, "`rpId` is not that of the credential", "both must name the org's host"));
        }
    }
    if let Some(raw) = fields.get("registrationId") {
        let id = serde_json::from_str::<String>(raw).ok().filter(|id| id.starts_with("0mo"));
        record.registration = Some(id.ok_or_else(|| {
            json.fault(raw, "`registrationId` is malformed", "the ID of a passkey begins with `0mo`")
        })?);
    }
    Ok(vec![record])
}

/// Writes the only passkey.
///
/// # Errors
///
/// If there is none, or more than one.
pub(super) fn write(accounts: &[&Account]) -> Result<String, ExportError> {
    let passkeys =
        accounts.iter().flat_map(|account| account.passkeys.credentials().iter().map(move |one| (account, one)));
    let passkeys: Vec<_> = passkeys.collect();
    let [(account, credential)] = passkeys[..] else {
        return Err(match passkeys.len() {
            0 => ExportError::Nothing("a passkey"),
            several => ExportError::SeveralPasskeys(several),
        });
    };
    let mut file = json!({ "rpId": credential.rp_id });
    // Without the record's ID, Browserforce cannot tell the passkey from one of somebody else.
    if let Some(registration) = account.registrations.get(&credential.id) {
        file["registrationId"] = registration.as_str().into();
    }
    file["credential"] = to_webdriver(credential);
    lines(&file)
}
