//! A credential in the form of the W3C virtual-authenticator commands, and its private key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use serde_json::{Value, json};
use vestibule_model::{Credential, Secret};

/// Why a credential could not be read.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// A field is missing or has the wrong form.
    #[error("read the credential: `{0}` is missing or malformed")]
    Field(&'static str),
    /// The private key is not a P-256 key.
    #[error("read the credential: its private key is not on P-256")]
    NotP256,
}

/// The credential ID in the form that pages and commands use.
fn id_base64url(credential: &Credential) -> String {
    URL_SAFE_NO_PAD.encode(&credential.id)
}

/// The parameters of the command "Add Credential" (WebAuthn Level 3, 11.5). They include the private key.
pub(crate) fn to_webdriver(credential: &Credential) -> Value {
    let mut parameters = json!({
        "credentialId": id_base64url(credential),
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

/// Reads one credential of the answer to "Get Credentials" (WebAuthn Level 3, 11.6).
///
/// # Errors
///
/// If a field is missing or malformed, or if the key is not a P-256 key in PKCS#8.
pub(crate) fn from_webdriver(parameters: &Value) -> Result<Credential, CredentialError> {
    let text = |name: &'static str| parameters[name].as_str().ok_or(CredentialError::Field(name));
    let flag = |name: &str| parameters[name].as_bool().unwrap_or(false);
    // Some drivers add base64 padding, others do not.
    let private_key = Secret::new(text("privateKey")?.trim_end_matches('='));
    let key = read_key(&private_key).ok_or(CredentialError::Field("privateKey"))?;
    if key.ec_key().ok().and_then(|key| key.group().curve_name()) != Some(Nid::X9_62_PRIME256V1) {
        return Err(CredentialError::NotP256);
    }
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

/// A new P-256 key.
pub(super) fn new_key() -> Result<Secret, ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let key = PKey::from_ec_key(EcKey::generate(&group)?)?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(key.private_key_to_pkcs8()?)))
}

/// The private key that signs; `None` if it is not PKCS#8 in base64url.
pub(super) fn read_key(private_key: &Secret) -> Option<PKey<Private>> {
    PKey::private_key_from_pkcs8(&URL_SAFE_NO_PAD.decode(private_key.reveal()).ok()?).ok()
}

/// The public point, x then y, 32 bytes each.
pub(super) fn public_point(key: &PKey<Private>) -> Result<(Vec<u8>, Vec<u8>), ErrorStack> {
    let key = key.ec_key()?;
    let mut context = BigNumContext::new()?;
    let (mut x, mut y) = (BigNum::new()?, BigNum::new()?);
    key.public_key().affine_coordinates(key.group(), &mut x, &mut y, &mut context)?;
    Ok((x.to_vec_padded(32)?, y.to_vec_padded(32)?))
}

fn decode(field: &'static str, text: &str) -> Result<Vec<u8>, CredentialError> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| CredentialError::Field(field))
}
