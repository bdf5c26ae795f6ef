//! The storage state of Playwright, with the passkeys that `storageState({ credentials: true })` adds to it since 1.62.
//!
//! A credential has `id`, `rpId`, `userHandle`, `privateKey` (PKCS#8), `publicKey` (SPKI) and, since 1.65, `signCount`; the
//! binary ones are base64url. All are discoverable, and neither backup flag is set (<https://playwright.dev/docs/api/class-credentials>,
//! <https://github.com/microsoft/playwright/pull/41215>, and `server/credentials.ts` of 1.65.1). Cookies and storage are
//! left alone: they are of one browser's session.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::error::{ExportError, FormatError};
use super::json::JsonText;
use super::record::Record;
use super::virtual_authenticator::lines;
use crate::authenticator::public_key;
use crate::vault::account::Account;

/// Reads the passkeys.
///
/// # Errors
///
/// If there is no list of them, or one is malformed, with its place.
pub(super) fn read(json: &JsonText<'_>) -> Result<Vec<Record>, FormatError> {
    let whole = json.whole();
    let fields = json.object(whole)?;
    let list = fields.get("credentials").copied().ok_or_else(|| {
        json.fault(
            whole,
            "the storage state has no passkeys",
            "save it with `context.storageState({ path, credentials: true })`, which Playwright has since 1.62",
        )
    })?;
    let names = [
        ("credentialId", "id"),
        ("rpId", "rpId"),
        ("privateKey", "privateKey"),
        ("userHandle", "userHandle"),
        ("signCount", "signCount"),
    ];
    let fixed = [("isResidentCredential", Value::Bool(true)), ("signCount", json!(0))];
    json.list(list)?.into_iter().map(|credential| json.credential(credential, &names, &fixed)).collect()
}

/// Writes a storage state without cookies, from which `browser.newContext({ storageState })` takes the passkeys.
///
/// # Errors
///
/// If there is none, or a private key cannot be read.
pub(super) fn write(accounts: &[&Account]) -> Result<String, ExportError> {
    let mut credentials = Vec::new();
    for credential in accounts.iter().flat_map(|account| account.passkeys.credentials()) {
        let public = public_key(&credential.private_key);
        let public = public.ok_or_else(|| ExportError::UnreadableKey(credential.rp_id.clone()))?;
        credentials.push(json!({
            "id": URL_SAFE_NO_PAD.encode(&credential.id),
            "rpId": credential.rp_id,
            "userHandle": URL_SAFE_NO_PAD.encode(credential.user_handle.as_deref().unwrap_or_default()),
            "privateKey": credential.private_key.reveal(),
            "publicKey": URL_SAFE_NO_PAD.encode(public),
            "signCount": credential.sign_count,
        }));
    }
    if credentials.is_empty() {
        return Err(ExportError::Nothing("a passkey"));
    }
    lines(&json!({ "cookies": [], "origins": [], "credentials": credentials }))
}
