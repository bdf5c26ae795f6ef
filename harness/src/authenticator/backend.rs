//! The authenticator's side of a ceremony: authenticator data, attestation and signature.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sha::sha256;
use openssl::sign::Signer;
use serde_cbor_2::Value;
use vestibule_model::Credential;
use webauthn_authenticator_rs::AuthenticatorBackendHashedClientData;
use webauthn_authenticator_rs::error::WebauthnCError;
use webauthn_rs_proto::{
    AttestationConveyancePreference, AuthenticationExtensionsClientOutputs, AuthenticatorAssertionResponseRaw,
    AuthenticatorAttestationResponseRaw, AuthenticatorTransport, PublicKeyCredential,
    PublicKeyCredentialCreationOptions, PublicKeyCredentialRequestOptions, RegisterPublicKeyCredential,
    RegistrationExtensionsClientOutputs, ResidentKeyRequirement,
};

use super::credential_store::CredentialStore;
use super::key::{new_key, public_point, read_key};

/// The store as a backend of `webauthn-authenticator-rs`, which makes the client data around it.
pub(super) struct Backend<'a> {
    pub(super) passkeys: &'a mut CredentialStore,
}

impl Backend<'_> {
    /// The ID of the credential that answers: the first one on the allow list that the store has, or the newest
    /// resident one.
    fn fitting(&self, options: &PublicKeyCredentialRequestOptions) -> Option<Vec<u8>> {
        let held = || self.passkeys.of(&options.rp_id);
        if options.allow_credentials.is_empty() {
            return held().filter(|credential| credential.resident).last().map(|credential| credential.id.clone());
        }
        let mut allowed = options.allow_credentials.iter();
        allowed.find(|allowed| held().any(|credential| credential.id == allowed.id)).map(|allowed| allowed.id.clone())
    }

    fn flags(credential: &Credential) -> u8 {
        let mut flags = USER_PRESENT | USER_VERIFIED;
        if credential.backup_eligible {
            flags |= BACKUP_ELIGIBLE;
        }
        if credential.backed_up {
            flags |= BACKED_UP;
        }
        flags
    }
}

impl AuthenticatorBackendHashedClientData for Backend<'_> {
    fn perform_register(
        &mut self,
        client_data_hash: Vec<u8>,
        options: PublicKeyCredentialCreationOptions,
        _timeout_ms: u32,
    ) -> Result<RegisterPublicKeyCredential, WebauthnCError> {
        let credential = create(&options)?;
        let key = key_of(&credential)?;
        let mut auth_data = authenticator_data(&credential, Self::flags(&credential) | ATTESTED_DATA);
        auth_data.extend(attested_credential_data(&credential, &key)?);
        let statement = match options.attestation {
            None | Some(AttestationConveyancePreference::None) => None,
            Some(_) => Some(sign(&key, &auth_data, &client_data_hash)?),
        };
        let response = RegisterPublicKeyCredential {
            id: URL_SAFE_NO_PAD.encode(&credential.id),
            raw_id: credential.id.clone(),
            response: AuthenticatorAttestationResponseRaw {
                attestation_object: attestation_object(auth_data, statement)?,
                client_data_json: Vec::new(),
                transports: Some(vec![AuthenticatorTransport::Internal]),
            },
            type_: "public-key".to_owned(),
            extensions: RegistrationExtensionsClientOutputs::default(),
        };
        self.passkeys.store(credential);
        Ok(response)
    }

    fn perform_auth(
        &mut self,
        client_data_hash: Vec<u8>,
        options: PublicKeyCredentialRequestOptions,
        _timeout_ms: u32,
    ) -> Result<PublicKeyCredential, WebauthnCError> {
        let id = self.fitting(&options).ok_or(WebauthnCError::InvalidAssertion)?;
        let held = self.passkeys.by_id_mut(&options.rp_id, &id).ok_or(WebauthnCError::InvalidAssertion)?;
        held.sign_count = held.sign_count.saturating_add(1);
        let credential = held.clone();
        let auth_data = authenticator_data(&credential, Self::flags(&credential));
        let signature = sign(&key_of(&credential)?, &auth_data, &client_data_hash)?;
        Ok(PublicKeyCredential {
            id: URL_SAFE_NO_PAD.encode(&credential.id),
            raw_id: credential.id,
            response: AuthenticatorAssertionResponseRaw {
                authenticator_data: auth_data,
                client_data_json: Vec::new(),
                signature,
                user_handle: credential.user_handle.filter(|_| credential.resident),
            },
            type_: "public-key".to_owned(),
            extensions: AuthenticationExtensionsClientOutputs::default(),
        })
    }
}

/// COSE identifier of ECDSA with SHA-256 (RFC 9053, table 1).
pub(super) const ES256: i64 = -7;

fn create(options: &PublicKeyCredentialCreationOptions) -> Result<Credential, WebauthnCError> {
    let resident = options.authenticator_selection.as_ref().is_some_and(|selection| {
        let asked = selection.resident_key;
        selection.require_resident_key
            || matches!(asked, Some(ResidentKeyRequirement::Required | ResidentKeyRequirement::Preferred))
    });
    let mut id = vec![0; 32];
    openssl::rand::rand_bytes(&mut id).map_err(crypto)?;
    Ok(Credential {
        id,
        rp_id: options.rp.id.clone(),
        user_handle: Some(options.user.id.clone()),
        user_name: Some(options.user.name.clone()),
        private_key: new_key().map_err(crypto)?,
        sign_count: 0,
        resident,
        backup_eligible: false,
        backed_up: false,
    })
}

fn key_of(credential: &Credential) -> Result<PKey<Private>, WebauthnCError> {
    read_key(&credential.private_key).ok_or(WebauthnCError::Internal)
}

/// RP ID hash, flags and counter (WebAuthn Level 3, 6.1).
fn authenticator_data(credential: &Credential, flags: u8) -> Vec<u8> {
    let mut data = sha256(credential.rp_id.as_bytes()).to_vec();
    data.push(flags);
    data.extend(credential.sign_count.to_be_bytes());
    data
}

/// AAGUID of zeros, credential ID and COSE key (WebAuthn Level 3, 6.5.2; RFC 9053, 7.1).
fn attested_credential_data(credential: &Credential, key: &PKey<Private>) -> Result<Vec<u8>, WebauthnCError> {
    let (x, y) = public_point(key).map_err(crypto)?;
    let key = Value::Map(BTreeMap::from([
        (Value::Integer(1), Value::Integer(2)),
        (Value::Integer(3), Value::Integer(ES256.into())),
        (Value::Integer(-1), Value::Integer(1)),
        (Value::Integer(-2), Value::Bytes(x)),
        (Value::Integer(-3), Value::Bytes(y)),
    ]));
    let length = u16::try_from(credential.id.len()).map_err(|_| WebauthnCError::MessageTooLarge)?;
    let mut data = vec![0; 16];
    data.extend(length.to_be_bytes());
    data.extend(&credential.id);
    data.extend(serde_cbor_2::to_vec(&key).map_err(|_| WebauthnCError::Cbor)?);
    Ok(data)
}

/// `none`, or self attestation in the format `packed` (WebAuthn Level 3, 8.2 and 8.7).
fn attestation_object(auth_data: Vec<u8>, signature: Option<Vec<u8>>) -> Result<Vec<u8>, WebauthnCError> {
    let text = |text: &str| Value::Text(text.to_owned());
    let (format, statement) = match signature {
        None => ("none", BTreeMap::new()),
        Some(signature) => (
            "packed",
            BTreeMap::from([(text("alg"), Value::Integer(ES256.into())), (text("sig"), Value::Bytes(signature))]),
        ),
    };
    let object = Value::Map(BTreeMap::from([
        (text("fmt"), text(format)),
        (text("attStmt"), Value::Map(statement)),
        (text("authData"), Value::Bytes(auth_data)),
    ]));
    serde_cbor_2::to_vec(&object).map_err(|_| WebauthnCError::Cbor)
}

fn sign(key: &PKey<Private>, auth_data: &[u8], client_data_hash: &[u8]) -> Result<Vec<u8>, WebauthnCError> {
    let mut signer = Signer::new(MessageDigest::sha256(), key).map_err(crypto)?;
    signer.update(auth_data).map_err(crypto)?;
    signer.update(client_data_hash).map_err(crypto)?;
    signer.sign_to_vec().map_err(crypto)
}

fn crypto(_: openssl::error::ErrorStack) -> WebauthnCError {
    WebauthnCError::Internal
}

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED_DATA: u8 = 1 << 6;
