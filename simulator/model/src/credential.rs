//! A passkey or security key, as its owner holds it.

use crate::Secret;

/// A WebAuthn credential with its private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Credential ID.
    pub id: Vec<u8>,
    /// RP ID it is scoped to.
    pub rp_id: String,
    /// User handle, where the RP gave one.
    pub user_handle: Option<Vec<u8>>,
    /// Name of the user, as the RP gave it.
    pub user_name: Option<String>,
    /// Private key, on P-256, RSA or Ed25519: PKCS#8 in base64url without padding, the form of the W3C virtual-authenticator
    /// commands.
    pub private_key: Secret,
    /// Signature counter of the last assertion.
    pub sign_count: u32,
    /// Client-side discoverable.
    pub resident: bool,
    /// Backup eligibility (BE).
    pub backup_eligible: bool,
    /// Backup state (BS).
    pub backed_up: bool,
}
