//! The content as it is written: JSON with a version. The file around it is encrypted, so secrets stand here as they are.
//!
//! Passkeys have the fields of the W3C command "Add Credential" (WebAuthn Level 3, 11.5).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};
use vestibule_model::{Credential, Secret, TotpAlgorithm, TotpKey, TotpSecret};

use super::account::{Account, Totp};
use super::content::Vault;
use crate::authenticator::CredentialStore;

/// The whole content.
#[derive(Serialize, Deserialize)]
struct Document {
    version: u64,
    #[serde(default)]
    recipients: Vec<String>,
    accounts: Vec<StoredAccount>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredAccount {
    host: String,
    #[serde(default)]
    also: Vec<String>,
    username: String,
    #[serde(default, serialize_with = "revealed_if", skip_serializing_if = "Option::is_none")]
    password: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    totp: Option<StoredTotp>,
    #[serde(default)]
    passkeys: Vec<StoredPasskey>,
    #[serde(default, serialize_with = "all_revealed")]
    backup_codes: Vec<Secret>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredTotp {
    #[serde(serialize_with = "revealed")]
    secret: Secret,
    algorithm: TotpAlgorithm,
    digits: u8,
    period: u32,
    #[serde(default)]
    last_step: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredPasskey {
    credential_id: String,
    rp_id: String,
    #[serde(default)]
    user_handle: Option<String>,
    #[serde(default)]
    user_name: Option<String>,
    #[serde(serialize_with = "revealed")]
    private_key: Secret,
    sign_count: u32,
    is_resident_credential: bool,
    backup_eligibility: bool,
    backup_state: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    registration_id: Option<String>,
}

/// The content as text.
///
/// # Errors
///
/// Never for what a vault holds: only maps whose keys are not texts make it fail.
pub(super) fn write(vault: &Vault) -> Result<Secret, String> {
    let accounts = vault.accounts().iter().map(stored).collect();
    let document = Document { version: VERSION, recipients: vault.recipients().to_vec(), accounts };
    serde_json::to_string(&document).map(Secret::new).map_err(|error| error.to_string())
}

/// Reads the content.
///
/// # Errors
///
/// If it is not that of a vault of this version. Says what and where; no value is repeated, since any may be a secret.
pub(super) fn read(plain: &Secret) -> Result<Vault, String> {
    let value: Value = serde_json::from_str(plain.reveal())
        .map_err(|error| format!("not JSON at line {}, column {}", error.line(), error.column()))?;
    match value.get("version") {
        Some(version) if version.as_u64() == Some(VERSION) => {}
        Some(version) => {
            let found = version.as_u64().map_or("another".to_owned(), |version| version.to_string());
            return Err(format!("it has version {found}, and this program reads version {VERSION}"));
        }
        None => return Err("it has no version, so it is not a vault".to_owned()),
    }
    check_fields(&value)?;
    let document: Document = Document::deserialize(&value).map_err(|_| mistyped(&value))?;
    let accounts = document
        .accounts
        .into_iter()
        .zip(1..)
        .map(|(stored, number)| account(stored).map_err(|what| format!("account {number}: {what}")));
    Ok(Vault::new(accounts.collect::<Result<_, String>>()?, document.recipients))
}

fn stored(account: &Account) -> StoredAccount {
    let totp = account.totp.as_ref().map(|totp| StoredTotp {
        secret: totp.key.secret.base32().clone(),
        algorithm: totp.key.algorithm,
        digits: totp.key.digits,
        period: totp.key.period,
        last_step: totp.last_step,
    });
    let passkeys = account.passkeys.credentials().iter().map(|credential| StoredPasskey {
        credential_id: URL_SAFE_NO_PAD.encode(&credential.id),
        rp_id: credential.rp_id.clone(),
        user_handle: credential.user_handle.as_ref().map(|handle| URL_SAFE_NO_PAD.encode(handle)),
        user_name: credential.user_name.clone(),
        private_key: credential.private_key.clone(),
        sign_count: credential.sign_count,
        is_resident_credential: credential.resident,
        backup_eligibility: credential.backup_eligible,
        backup_state: credential.backed_up,
        registration_id: account.registrations.get(&credential.id).cloned(),
    });
    StoredAccount {
        host: account.host.clone(),
        also: account.also.clone(),
        username: account.username.clone(),
        password: account.password.clone(),
        totp,
        passkeys: passkeys.collect(),
        backup_codes: account.backup_codes.clone(),
    }
}

fn account(stored: StoredAccount) -> Result<Account, String> {
    let (mut passkeys, mut registrations) = (CredentialStore::default(), BTreeMap::new());
    for (mut passkey, number) in stored.passkeys.into_iter().zip(1..) {
        let registration = passkey.registration_id.take();
        let credential = credential(passkey).ok_or_else(|| format!("passkey {number}: it is not base64url"))?;
        registrations.extend(registration.map(|registration| (credential.id.clone(), registration)));
        passkeys.store(credential);
    }
    Ok(Account {
        host: stored.host,
        also: stored.also,
        username: stored.username,
        password: stored.password,
        totp: stored.totp.map(totp).transpose()?,
        passkeys,
        registrations,
        backup_codes: stored.backup_codes,
    })
}

fn totp(stored: StoredTotp) -> Result<Totp, String> {
    let secret = stored.secret.reveal().parse::<TotpSecret>().map_err(|fault| format!("totp: {fault}"))?;
    if !(6..=8).contains(&stored.digits) || stored.period == 0 {
        return Err("totp: a code has 6 to 8 digits and a period of at least 1 s".to_owned());
    }
    let key = TotpKey { secret, algorithm: stored.algorithm, digits: stored.digits, period: stored.period };
    Ok(Totp { key, last_step: stored.last_step })
}

fn credential(stored: StoredPasskey) -> Option<Credential> {
    let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    Some(Credential {
        id: decoded(&stored.credential_id)?,
        rp_id: stored.rp_id,
        user_handle: match stored.user_handle {
            Some(handle) => Some(decoded(&handle)?),
            None => None,
        },
        user_name: stored.user_name,
        private_key: stored.private_key,
        sign_count: stored.sign_count,
        resident: stored.is_resident_credential,
        backup_eligible: stored.backup_eligibility,
        backed_up: stored.backup_state,
    })
}

/// Refuses fields that this version does not know: what it does not know, it would lose at the next write.
fn check_fields(document: &Value) -> Result<(), String> {
    known(document, "the content", &["version", "recipients", "accounts"])?;
    for (account, number) in list(document, "accounts").iter().zip(1..) {
        let place = format!("account {number}");
        known(account, &place, &["host", "also", "username", "password", "totp", "passkeys", "backupCodes"])?;
        if let Some(totp) = account.get("totp") {
            known(totp, &format!("{place}, totp"), &["secret", "algorithm", "digits", "period", "lastStep"])?;
        }
        for (passkey, number) in list(account, "passkeys").iter().zip(1..) {
            known(passkey, &format!("{place}, passkey {number}"), &PASSKEY_FIELDS)?;
        }
    }
    Ok(())
}

fn known(value: &Value, place: &str, fields: &[&str]) -> Result<(), String> {
    let no_fields = Map::new();
    let unknown = value.as_object().unwrap_or(&no_fields).keys().find(|name| !fields.contains(&name.as_str()));
    match unknown {
        Some(name) => {
            Err(format!("{place}: this version does not know the field `{name}`; it knows {}", fields.join(", ")))
        }
        None => Ok(()),
    }
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Which account is malformed. The reason that serde gives would repeat the value.
fn mistyped(document: &Value) -> String {
    let malformed = |account: &Value| StoredAccount::deserialize(account).is_err();
    match list(document, "accounts").iter().position(malformed) {
        Some(place) => format!("account {}: a field is missing or has the wrong type", place + 1),
        None => "`accounts` or `recipients` is missing or has the wrong type".to_owned(),
    }
}

fn revealed<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.reveal())
}

fn revealed_if<S: Serializer>(secret: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(Secret::reveal).serialize(serializer)
}

fn all_revealed<S: Serializer>(secrets: &[Secret], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(secrets.iter().map(Secret::reveal))
}

const VERSION: u64 = 1;

const PASSKEY_FIELDS: [&str; 10] = [
    "credentialId",
    "rpId",
    "userHandle",
    "userName",
    "privateKey",
    "signCount",
    "isResidentCredential",
    "backupEligibility",
    "backupState",
    "registrationId",
];
