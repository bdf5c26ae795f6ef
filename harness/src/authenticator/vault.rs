//! The credential store, and a credential in the form of the W3C virtual-authenticator commands.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use serde_json::{Value, json};

/// A WebAuthn credential with its private key (ES256).
#[derive(Clone)]
pub struct Credential {
    /// Credential ID.
    pub id: Vec<u8>,
    /// RP ID it is scoped to.
    pub rp_id: String,
    /// User handle, where the RP gave one.
    pub user_handle: Option<Vec<u8>>,
    /// Name of the user, as the RP gave it.
    pub user_name: Option<String>,
    /// P-256 private key.
    pub(super) key: PKey<Private>,
    /// Signature counter of the last assertion.
    pub sign_count: u32,
    /// Client-side discoverable.
    pub resident: bool,
    /// Backup eligibility (BE).
    pub backup_eligible: bool,
    /// Backup state (BS).
    pub backed_up: bool,
}

/// Why a credential could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// A field is missing or has the wrong form.
    #[error("read the credential: `{0}` is missing or malformed")]
    Field(&'static str),
    /// The private key is not a P-256 key.
    #[error("read the credential: its private key is not on P-256")]
    NotP256,
    /// The cryptographic library refused.
    #[error("handle the private key of a credential")]
    Crypto(#[from] openssl::error::ErrorStack),
}

impl Credential {
    /// The credential ID as pages and commands write it.
    pub fn id_base64url(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.id)
    }

    /// The parameters of the command "Add Credential" (WebAuthn Level 3, 11.5). They hold the private key.
    ///
    /// # Errors
    ///
    /// When the private key cannot be encoded.
    pub fn to_webdriver(&self) -> Result<Value, CredentialError> {
        let mut parameters = json!({
            "credentialId": self.id_base64url(),
            "isResidentCredential": self.resident,
            "rpId": self.rp_id,
            "privateKey": URL_SAFE_NO_PAD.encode(self.key.private_key_to_pkcs8()?),
            "signCount": self.sign_count,
            "backupEligibility": self.backup_eligible,
            "backupState": self.backed_up,
        });
        if let (true, Some(handle)) = (self.resident, &self.user_handle) {
            parameters["userHandle"] = URL_SAFE_NO_PAD.encode(handle).into();
        }
        if let Some(name) = &self.user_name {
            parameters["userName"] = name.as_str().into();
        }
        Ok(parameters)
    }

    /// Reads one credential of the answer to "Get Credentials" (WebAuthn Level 3, 11.6).
    ///
    /// # Errors
    ///
    /// When a field is missing or malformed, or when the key is not a P-256 key in PKCS#8.
    pub fn from_webdriver(parameters: &Value) -> Result<Self, CredentialError> {
        let text = |name: &'static str| parameters[name].as_str().ok_or(CredentialError::Field(name));
        let flag = |name: &str| parameters[name].as_bool().unwrap_or(false);
        let key = PKey::private_key_from_pkcs8(&decode("privateKey", text("privateKey")?)?)
            .map_err(|_| CredentialError::Field("privateKey"))?;
        if key.ec_key().ok().and_then(|key| key.group().curve_name()) != Some(Nid::X9_62_PRIME256V1) {
            return Err(CredentialError::NotP256);
        }
        let handle = parameters["userHandle"].as_str().filter(|handle| !handle.is_empty());
        Ok(Self {
            id: decode("credentialId", text("credentialId")?)?,
            rp_id: text("rpId")?.to_owned(),
            user_handle: handle.map(|handle| decode("userHandle", handle)).transpose()?,
            user_name: parameters["userName"].as_str().filter(|name| !name.is_empty()).map(str::to_owned),
            key,
            sign_count: parameters["signCount"]
                .as_u64()
                .and_then(|count| u32::try_from(count).ok())
                .ok_or(CredentialError::Field("signCount"))?,
            resident: flag("isResidentCredential"),
            backup_eligible: flag("backupEligibility"),
            backed_up: flag("backupState"),
        })
    }

    /// The public point, x then y, 32 bytes each.
    pub(super) fn public_point(&self) -> Result<(Vec<u8>, Vec<u8>), CredentialError> {
        let key = self.key.ec_key()?;
        let mut context = openssl::bn::BigNumContext::new()?;
        let (mut x, mut y) = (openssl::bn::BigNum::new()?, openssl::bn::BigNum::new()?);
        key.public_key().affine_coordinates(key.group(), &mut x, &mut y, &mut context)?;
        Ok((x.to_vec_padded(32)?, y.to_vec_padded(32)?))
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("id", &self.id_base64url())
            .field("rp_id", &self.rp_id)
            .field("key", &"[redacted]")
            .field("sign_count", &self.sign_count)
            .field("resident", &self.resident)
            .finish_non_exhaustive()
    }
}

/// The credentials that one person holds.
#[derive(Debug, Clone, Default)]
pub struct Vault {
    credentials: Vec<Credential>,
}

impl Vault {
    /// Every credential, oldest first.
    pub fn credentials(&self) -> &[Credential] {
        &self.credentials
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.credentials.is_empty()
    }

    /// The credentials of an RP ID, oldest first.
    pub fn of<'a>(&'a self, rp_id: &'a str) -> impl Iterator<Item = &'a Credential> {
        self.credentials.iter().filter(move |credential| credential.rp_id == rp_id)
    }

    /// Adds a credential, or brings the one with the same ID up to date. The signature counter never goes back, and a
    /// user handle or name that the other side did not tell is kept.
    pub fn store(&mut self, credential: Credential) {
        match self.credentials.iter_mut().find(|held| held.id == credential.id && held.rp_id == credential.rp_id) {
            Some(held) => {
                *held = Credential {
                    sign_count: held.sign_count.max(credential.sign_count),
                    user_handle: credential.user_handle.or_else(|| held.user_handle.take()),
                    user_name: credential.user_name.or_else(|| held.user_name.take()),
                    ..credential
                };
            }
            None => self.credentials.push(credential),
        }
    }

    /// Loses every credential of an RP ID, as a renamed or refreshed sandbox does.
    pub fn forget(&mut self, rp_id: &str) {
        self.credentials.retain(|credential| credential.rp_id != rp_id);
    }

    pub(super) fn by_id_mut(&mut self, rp_id: &str, id: &[u8]) -> Option<&mut Credential> {
        self.credentials.iter_mut().find(|credential| credential.rp_id == rp_id && credential.id == id)
    }
}

fn decode(field: &'static str, text: &str) -> Result<Vec<u8>, CredentialError> {
    // Drivers differ in whether they pad.
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| CredentialError::Field(field))
}
