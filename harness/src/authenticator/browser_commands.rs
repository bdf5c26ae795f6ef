//! A virtual authenticator and its credentials in the form of the commands of a browser: W3C WebDriver and DevTools.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use vestibule_model::{AuthenticatorFault, Credential, Secret};

use super::key::{CredentialKey, UnusableKey};

/// Why a credential could not be read.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// A field is missing or has the wrong form.
    #[error("read the credential: `{0}` is missing or malformed")]
    Field(&'static str),
    /// The private key is of none of the algorithms.
    #[error("read the credential: its private key is neither on P-256 nor RSA nor Ed25519")]
    UnknownAlgorithm,
}

/// The parameters of the command "Add Virtual Authenticator" (WebAuthn Level 3, 11.3): built in, with resident keys, user
/// verification and immediate consent.
pub(crate) fn webdriver_authenticator() -> Value {
    authenticator("isUserConsenting")
}

/// The same for an authenticator that does something wrong; `None` if there is to be none.
///
/// A browser asks the user to decline in a dialog that no command can answer. What its page sees then is what it sees if the
/// user is not verified: `NotAllowedError`, at once.
pub(crate) fn faulty_authenticator(fault: AuthenticatorFault) -> Option<Value> {
    let mut parameters = webdriver_authenticator();
    match fault {
        AuthenticatorFault::Absent => return None,
        AuthenticatorFault::UserVerificationRefused | AuthenticatorFault::Declined => {
            parameters["isUserVerified"] = false.into();
        }
        AuthenticatorFault::UserVerificationAbsent => {
            parameters["hasUserVerification"] = false.into();
            parameters["isUserVerified"] = false.into();
        }
        AuthenticatorFault::TimedOut | AuthenticatorFault::Hanging => parameters["isUserConsenting"] = false.into(),
        AuthenticatorFault::BackupEligible
        | AuthenticatorFault::BackedUp
        | AuthenticatorFault::BackedUpIneligible
        | AuthenticatorFault::NotBackupEligible => {
            let (eligible, backed_up) = fault.backup_flags().unwrap_or_default();
            parameters["defaultBackupEligibility"] = eligible.into();
            parameters["defaultBackupState"] = backed_up.into();
        }
        AuthenticatorFault::WrongOrigin
        | AuthenticatorFault::CounterLower
        | AuthenticatorFault::CounterEqual
        | AuthenticatorFault::ExcludedCredential => {}
    }
    Some(parameters)
}

/// A credential as a faulty authenticator of a browser holds it; `None` if its counter is too low to be wrong: an
/// authenticator adds 1 before it answers.
pub(crate) fn faulty_credential(credential: &Credential, fault: AuthenticatorFault) -> Option<Credential> {
    let mut credential = credential.clone();
    match fault {
        AuthenticatorFault::WrongOrigin => credential.rp_id = WRONG_RP_ID.to_owned(),
        AuthenticatorFault::CounterEqual => credential.sign_count = credential.sign_count.checked_sub(1)?,
        AuthenticatorFault::CounterLower => credential.sign_count = credential.sign_count.checked_sub(2)?,
        other => {
            if let Some((eligible, backed_up)) = other.backup_flags() {
                credential.backup_eligible = eligible;
                credential.backed_up = backed_up;
            }
        }
    }
    Some(credential)
}

/// The same for `WebAuthn.addVirtualAuthenticator` of DevTools.
pub(crate) fn devtools_authenticator() -> Value {
    authenticator("automaticPresenceSimulation")
}

fn authenticator(consent: &str) -> Value {
    json!({
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": true,
        "hasUserVerification": true,
        "isUserVerified": true,
        consent: true,
    })
}

/// The parameters of the command "Add Credential" (WebAuthn Level 3, 11.5). They include the private key.
pub(crate) fn to_webdriver(credential: &Credential) -> Value {
    let mut parameters = json!({
        "credentialId": URL_SAFE_NO_PAD.encode(&credential.id),
        "isResidentCredential": credential.resident,
        "rpId": credential.rp_id,
        "privateKey": credential.private_key.reveal(),
        "signCount": credential.sign_count,
        "backupEligibility": credential.backup_eligible,
        "backupState": credential.backed_up,
    });
    if let (true, Some(handle)) = (credential.resident, &credential.user_handle) {
        parameters["userHandle"] = URL_SAFE_NO_PAD.encode(handle).into();
    }
    if let Some(name) = &credential.user_name {
        parameters["userName"] = name.as_str().into();
    }
    parameters
}

/// The same for geckodriver. `signCount` is the counter of the last assertion (WebAuthn Level 3, 11.5); to a Firefox, it is that
/// of the next.
pub(crate) fn to_geckodriver(credential: &Credential) -> Value {
    let mut parameters = to_webdriver(credential);
    parameters["signCount"] = credential.sign_count.saturating_add(1).into();
    parameters
}

/// The same for `WebAuthn.addCredential` of DevTools, which takes binary fields in base64 rather than base64url.
pub(crate) fn to_devtools(credential: &Credential) -> Value {
    let mut parameters = to_webdriver(credential);
    for name in ["credentialId", "privateKey", "userHandle"] {
        let bytes = parameters[name].as_str().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        if let Some(bytes) = bytes {
            parameters[name] = STANDARD.encode(bytes).into();
        }
    }
    parameters
}

/// Reads one credential of the answer to "Get Credentials" (WebAuthn Level 3, 11.6).
///
/// # Errors
///
/// If a field is missing or malformed, or if the key is of none of the algorithms.
pub(crate) fn from_webdriver(parameters: &Value) -> Result<Credential, CredentialError> {
    let text = |name: &'static str| parameters[name].as_str().ok_or(CredentialError::Field(name));
    let flag = |name: &str| parameters[name].as_bool().unwrap_or(false);
    // Some drivers add base64 padding, others do not.
    let private_key = Secret::new(text("privateKey")?.trim_end_matches('='));
    CredentialKey::read(&private_key).map_err(|why| match why {
        UnusableKey::Malformed => CredentialError::Field("privateKey"),
        UnusableKey::UnknownAlgorithm => CredentialError::UnknownAlgorithm,
    })?;
    let handle = parameters["userHandle"].as_str().filter(|handle| !handle.is_empty());
    Ok(Credential {
        id: decode("credentialId", text("credentialId")?)?,
        rp_id: text("rpId")?.to_owned(),
        user_handle: handle.map(|handle| decode("userHandle", handle)).transpose()?,
        user_name: parameters["userName"].as_str().filter(|name| !name.is_empty()).map(str::to_owned),
        private_key,
        sign_count: parameters["signCount"]
            .as_u64()
            .and_then(|count| u32::try_from(count).ok())
            .ok_or(CredentialError::Field("signCount"))?,
        resident: flag("isResidentCredential"),
        backup_eligible: flag("backupEligibility"),
        backed_up: flag("backupState"),
    })
}

/// The same for a credential that geckodriver tells of.
///
/// # Errors
///
/// As [`from_webdriver`].
pub(crate) fn from_geckodriver(parameters: &Value) -> Result<Credential, CredentialError> {
    let credential = from_webdriver(parameters)?;
    Ok(Credential { sign_count: credential.sign_count.saturating_sub(1), ..credential })
}

/// The same for a credential that DevTools tells of, with binary fields in base64.
///
/// # Errors
///
/// As [`from_webdriver`].
pub(crate) fn from_devtools(parameters: &Value) -> Result<Credential, CredentialError> {
    let mut parameters = parameters.clone();
    for name in ["credentialId", "privateKey", "userHandle"] {
        if let Some(text) = parameters[name].as_str() {
            let bytes = STANDARD.decode(text).map_err(|_| CredentialError::Field(name))?;
            parameters[name] = URL_SAFE_NO_PAD.encode(bytes).into();
        }
    }
    from_webdriver(&parameters)
}

/// The RP ID of a site that no RP is.
const WRONG_RP_ID: &str = "wrong-origin.example";

fn decode(field: &'static str, text: &str) -> Result<Vec<u8>, CredentialError> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| CredentialError::Field(field))
}
