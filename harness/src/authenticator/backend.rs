//! The authenticator's side of a ceremony: authenticator data, attestation and signature.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::sha::sha256;
use serde_cbor_2::Value;
use vestibule_model::{AuthenticatorFault, Credential};
use webauthn_authenticator_rs::AuthenticatorBackendHashedClientData;
use webauthn_authenticator_rs::error::WebauthnCError;
use webauthn_rs_proto::{
    AttestationConveyancePreference, AuthenticationExtensionsClientOutputs, AuthenticatorAssertionResponseRaw,
    AuthenticatorAttestationResponseRaw, AuthenticatorTransport, PublicKeyCredential,
    PublicKeyCredentialCreationOptions, PublicKeyCredentialRequestOptions, RegisterPublicKeyCredential,
    RegistrationExtensionsClientOutputs, ResidentKeyRequirement,
};

use super::credential_store::CredentialStore;
use super::key::{CredentialKey, new_key};
use super::settings::{Attestation, AuthenticatorSettings};

/// The store as a backend of `webauthn-authenticator-rs`. The client data around it are those of a browser, so that it gets
/// only their hash.
pub(super) struct Backend<'a> {
    pub(super) passkeys: &'a mut CredentialStore,
    pub(super) settings: &'a AuthenticatorSettings,
}

impl Backend<'_> {
    /// The ID of the credential that answers: the first one on the allow list that the store has, or the newest
    /// resident one.
    pub(super) fn fitting(&self, options: &PublicKeyCredentialRequestOptions) -> Option<Vec<u8>> {
        let held = || self.passkeys.of(&options.rp_id);
        if options.allow_credentials.is_empty() {
            return held().filter(|credential| credential.resident).last().map(|credential| credential.id.clone());
        }
        let mut allowed = options.allow_credentials.iter();
        allowed.find(|allowed| held().any(|credential| credential.id == allowed.id)).map(|allowed| allowed.id.clone())
    }

    /// The flags of authenticator data (WebAuthn Level 3, 6.1).
    fn flags(&self, credential: &Credential) -> u8 {
        let fault = self.settings.fault;
        let own = (credential.backup_eligible, credential.backed_up);
        let (eligible, backed_up) = fault.and_then(AuthenticatorFault::backup_flags).unwrap_or(own);
        let verified = !fault.is_some_and(AuthenticatorFault::leaves_user_unverified);
        let set =
            [(true, USER_PRESENT), (verified, USER_VERIFIED), (eligible, BACKUP_ELIGIBLE), (backed_up, BACKED_UP)];
        set.into_iter().filter(|(is_set, _)| *is_set).fold(0, |flags, (_, flag)| flags | flag)
    }

    fn create(&self, options: &PublicKeyCredentialCreationOptions) -> Result<Credential, WebauthnCError> {
        let algorithm = self.settings.algorithm_for(&options.pub_key_cred_params);
        let algorithm = algorithm.ok_or(WebauthnCError::NotSupported)?;
        let resident = options.authenticator_selection.as_ref().is_some_and(|selection| {
            let asked = selection.resident_key;
            selection.require_resident_key
                || matches!(asked, Some(ResidentKeyRequirement::Required | ResidentKeyRequirement::Preferred))
        });
        let (backup_eligible, backed_up) =
            self.settings.fault.and_then(AuthenticatorFault::backup_flags).unwrap_or_default();
        let mut id = vec![0; 32];
        openssl::rand::rand_bytes(&mut id).map_err(crypto)?;
        Ok(Credential {
            id,
            rp_id: options.rp.id.clone(),
            user_handle: Some(options.user.id.clone()),
            user_name: Some(options.user.name.clone()),
            private_key: new_key(algorithm).map_err(crypto)?,
            sign_count: 0,
            resident,
            backup_eligible,
            backed_up,
        })
    }

    /// The attestation statement and its format (WebAuthn Level 3, 8.2 and 8.7).
    fn attest(
        &self,
        asked: Option<&AttestationConveyancePreference>,
        key: &CredentialKey,
        signed: &[u8],
    ) -> Result<(&'static str, BTreeMap<Value, Value>), WebauthnCError> {
        let algorithm = |number: i64| (text("alg"), Value::Integer(number.into()));
        let signature = |bytes: Vec<u8>| (text("sig"), Value::Bytes(bytes));
        let wanted = !matches!(asked, None | Some(AttestationConveyancePreference::None));
        Ok(match &self.settings.attestation {
            Some(Attestation::Packed(attester)) => {
                let own = signature(attester.sign(signed).map_err(crypto)?);
                let chain = Value::Array(vec![Value::Bytes(attester.certificate().to_vec())]);
                ("packed", BTreeMap::from([algorithm(ES256), own, (text("x5c"), chain)]))
            }
            None if !wanted => ("none", BTreeMap::new()),
            Some(Attestation::None) => ("none", BTreeMap::new()),
            Some(Attestation::OwnKey) | None => {
                let own = signature(key.sign(signed).map_err(crypto)?);
                ("packed", BTreeMap::from([algorithm(key.algorithm().cose()), own]))
            }
        })
    }
}

impl AuthenticatorBackendHashedClientData for Backend<'_> {
    fn perform_register(
        &mut self,
        client_data_hash: Vec<u8>,
        options: PublicKeyCredentialCreationOptions,
        _timeout_ms: u32,
    ) -> Result<RegisterPublicKeyCredential, WebauthnCError> {
        let credential = self.create(&options)?;
        let key = CredentialKey::of(&credential).ok_or(WebauthnCError::Internal)?;
        let flags = self.flags(&credential) | ATTESTED_DATA;
        let mut auth_data = authenticator_data(&credential, flags, credential.sign_count);
        auth_data.extend(attested_credential_data(&credential, &key)?);
        let signed = [auth_data.as_slice(), &client_data_hash].concat();
        let (format, statement) = self.attest(options.attestation.as_ref(), &key, &signed)?;
        let response = RegisterPublicKeyCredential {
            id: URL_SAFE_NO_PAD.encode(&credential.id),
            raw_id: credential.id.clone(),
            response: AuthenticatorAttestationResponseRaw {
                attestation_object: attestation_object(auth_data, format, statement)?,
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
        let fault = self.settings.fault;
        let held = self.passkeys.by_id_mut(&options.rp_id, &id).ok_or(WebauthnCError::InvalidAssertion)?;
        let counter = match fault {
            Some(AuthenticatorFault::CounterEqual) => held.sign_count,
            Some(AuthenticatorFault::CounterLower) => held.sign_count.saturating_sub(1),
            _ => {
                held.sign_count = held.sign_count.saturating_add(1);
                held.sign_count
            }
        };
        let credential = held.clone();
        let auth_data = authenticator_data(&credential, self.flags(&credential), counter);
        let key = CredentialKey::of(&credential).ok_or(WebauthnCError::Internal)?;
        let signature = key.sign(&[auth_data.as_slice(), &client_data_hash].concat()).map_err(crypto)?;
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

/// RP ID hash, flags and counter (WebAuthn Level 3, 6.1).
fn authenticator_data(credential: &Credential, flags: u8, counter: u32) -> Vec<u8> {
    let mut data = sha256(credential.rp_id.as_bytes()).to_vec();
    data.push(flags);
    data.extend(counter.to_be_bytes());
    data
}

/// AAGUID of zeros, credential ID and COSE key (WebAuthn Level 3, 6.5.2).
fn attested_credential_data(credential: &Credential, key: &CredentialKey) -> Result<Vec<u8>, WebauthnCError> {
    let length = u16::try_from(credential.id.len()).map_err(|_| WebauthnCError::MessageTooLarge)?;
    let mut data = vec![0; 16];
    data.extend(length.to_be_bytes());
    data.extend(&credential.id);
    let key = key.cose_key().map_err(crypto)?;
    data.extend(serde_cbor_2::to_vec(&key).map_err(|_| WebauthnCError::Cbor)?);
    Ok(data)
}

/// The attestation object (WebAuthn Level 3, 6.5.4).
fn attestation_object(
    auth_data: Vec<u8>,
    format: &str,
    statement: BTreeMap<Value, Value>,
) -> Result<Vec<u8>, WebauthnCError> {
    let object = Value::Map(BTreeMap::from([
        (text("fmt"), text(format)),
        (text("attStmt"), Value::Map(statement)),
        (text("authData"), Value::Bytes(auth_data)),
    ]));
    serde_cbor_2::to_vec(&object).map_err(|_| WebauthnCError::Cbor)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn crypto(_: openssl::error::ErrorStack) -> WebauthnCError {
    WebauthnCError::Internal
}

/// The algorithm of the attestation key: ECDSA with SHA-256 (RFC 9053, table 1).
const ES256: i64 = -7;
const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED_DATA: u8 = 1 << 6;
