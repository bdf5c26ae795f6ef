//! JSON with the place of each value, and the credentials in it.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};
use vestibule_model::Credential;

use super::error::FormatError;
use super::place::place_after;
use super::record::Record;
use crate::authenticator::CredentialError;
use crate::authenticator::browser_commands::from_webdriver;
use crate::vault::account::host_name;

/// A text that is JSON. Its parts are slices of it, so each knows its place.
pub(super) struct JsonText<'a> {
    file: &'a str,
    text: &'a str,
    /// The offset that was asked for last, with its line and column: the next one is mostly behind it, and all of them
    /// together are counted once.
    last: Cell<(usize, (u64, u64))>,
}

/// The fields of an object, each as its JSON text.
pub(super) type Fields<'a> = BTreeMap<String, &'a str>;

impl<'a> JsonText<'a> {
    /// # Errors
    ///
    /// If the text is not JSON.
    pub(super) fn new(file: &'a str, text: &'a str) -> Result<Self, FormatError> {
        match serde_json::from_str::<&RawValue>(text) {
            Ok(_) => Ok(Self { file, text, last: Cell::new(START) }),
            Err(error) => {
                let number = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
                let at = (number(error.line()), number(error.column()));
                let what = if error.is_eof() { "the JSON ends here" } else { "it is not JSON from here on" };
                Err(FormatError::at(file, at, what, "export the file again; it must be complete"))
            }
        }
    }

    /// The whole text.
    pub(super) fn whole(&self) -> &'a str {
        self.text
    }

    /// The fields of an object.
    ///
    /// # Errors
    ///
    /// If it is not an object.
    pub(super) fn object(&self, part: &'a str) -> Result<Fields<'a>, FormatError> {
        let fields: BTreeMap<String, &'a RawValue> =
            serde_json::from_str(part).map_err(|_| self.fault(part, "it is not an object", "write `{ … }` here"))?;
        Ok(fields.into_iter().map(|(name, raw)| (name, raw.get())).collect())
    }

    /// The items of a list.
    ///
    /// # Errors
    ///
    /// If it is not a list.
    pub(super) fn list(&self, part: &'a str) -> Result<Vec<&'a str>, FormatError> {
        let items: Vec<&'a RawValue> =
            serde_json::from_str(part).map_err(|_| self.fault(part, "it is not a list", "write `[ … ]` here"))?;
        Ok(items.into_iter().map(RawValue::get).collect())
    }

    /// A field that must be there.
    ///
    /// # Errors
    ///
    /// If it is not.
    pub(super) fn field(&self, part: &'a str, fields: &Fields<'a>, name: &str) -> Result<&'a str, FormatError> {
        let missing = || self.fault(part, format!("the field `{name}` is missing"), format!("`{name}` must be here"));
        fields.get(name).copied().ok_or_else(missing)
    }

    /// The record of a credential in this part. `names` says how the format names the fields of the W3C command "Add
    /// Credential" (WebAuthn Level 3, 11.5), and `fixed` holds those that every credential of the format has.
    ///
    /// # Errors
    ///
    /// If a field is missing or malformed.
    pub(super) fn credential(
        &self,
        part: &'a str,
        names: &[(&'static str, &'static str)],
        fixed: &[(&'static str, Value)],
    ) -> Result<Record, FormatError> {
        let fields = self.object(part)?;
        let mut parameters: Map<String, Value> =
            fixed.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        for (w3c, own) in names {
            if let Some(value) = fields.get(*own).and_then(|raw| serde_json::from_str::<Value>(raw).ok()) {
                parameters.insert((*w3c).to_owned(), in_base64url(w3c, value));
            }
        }
        let own = |w3c: &str| names.iter().find(|(name, _)| *name == w3c).map_or("credential", |(_, own)| *own);
        let wrong = |name: &str, valid: String| {
            let place = fields.get(own(name)).copied().unwrap_or(part);
            self.fault(place, format!("`{}` is missing or malformed", own(name)), valid)
        };
        let passkey = from_webdriver(&Value::Object(parameters)).map_err(|error| match error {
            CredentialError::Field(name) => wrong(name, valid(name).to_owned()),
            other => wrong("privateKey", other.to_string()),
        })?;
        if passkey.id.is_empty() {
            return Err(wrong("credentialId", valid("credentialId").to_owned()));
        }
        let host = host_name(&passkey.rp_id).map_err(|_| wrong("rpId", valid("rpId").to_owned()))?;
        Ok(Self::record(self.place(part), host, passkey))
    }

    /// A fault at this part.
    pub(super) fn fault(&self, part: &str, what: impl Into<String>, valid: impl Into<String>) -> FormatError {
        FormatError::at(self.file, self.place(part), what, valid)
    }

    fn record(at: (u64, u64), host: String, passkey: Credential) -> Record {
        Record {
            at,
            hosts: vec![host],
            username: passkey.user_name.clone(),
            passkey: Some(passkey),
            ..Record::default()
        }
    }

    /// The place of a part, which is a slice of the text.
    fn place(&self, part: &str) -> (u64, u64) {
        let offset = part.as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        let (from, (line, column)) = Some(self.last.get()).filter(|(from, _)| *from <= offset).unwrap_or(START);
        let (lines, columns) = place_after(self.text.get(from..offset).unwrap_or_default());
        let at = if lines == 1 { (line, column + columns - 1) } else { (line + lines - 1, columns) };
        self.last.set((offset, at));
        at
    }
}

/// The first byte, and its place.
const START: (usize, (u64, u64)) = (0, (1, 1));

/// The W3C names, which WebDriver and DevTools use (WebAuthn Level 3, 11.5).
pub(super) const W3C_NAMES: [(&str, &str); 9] = [
    ("credentialId", "credentialId"),
    ("rpId", "rpId"),
    ("privateKey", "privateKey"),
    ("userHandle", "userHandle"),
    ("userName", "userName"),
    ("signCount", "signCount"),
    ("isResidentCredential", "isResidentCredential"),
    ("backupEligibility", "backupEligibility"),
    ("backupState", "backupState"),
];

/// DevTools writes binary fields in base64, the others in base64url.
fn in_base64url(name: &str, value: Value) -> Value {
    match value {
        Value::String(text) if ["credentialId", "privateKey", "userHandle"].contains(&name) => {
            Value::String(text.replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned())
        }
        value => value,
    }
}

fn valid(name: &str) -> &'static str {
    match name {
        "privateKey" => "a private key is PKCS#8 in base64url",
        "signCount" => "a signature counter is a whole number from 0 to 4294967295",
        "rpId" => "an RP ID is a host name",
        _ => "an ID or handle is a text in base64url",
    }
}
