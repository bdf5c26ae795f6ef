//! Passkeys at the org, which is the WebAuthn RP, with the My Domain host as RP ID (contract C5.9).
//!
//! These functions need nothing but the realm, so a runner can register a software authenticator's passkey for a user
//! who has one before the first login.

mod careless;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use webauthn_rs::prelude::{
    CreationChallengeResponse, Credential, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, RequestChallengeResponse, Url, Uuid, Webauthn, WebauthnBuilder, WebauthnError,
};
use webauthn_rs_proto::{AttestationConveyancePreference, AuthenticatorTransport, ResidentKeyRequirement};

use crate::realm::{Component, Event, HostRole, Realm, User};
use vestibule_model::VerificationMethod;

/// A registration ceremony that waits for its attestation.
#[derive(Debug, Clone)]
pub struct Registration {
    user: String,
    state: PasskeyRegistration,
}

/// A verification ceremony that waits for its assertion.
#[derive(Debug, Clone)]
pub(crate) struct Verification {
    state: PasskeyAuthentication,
    challenge: Vec<u8>,
    /// The method that is asked for, if it is one.
    only: Option<VerificationMethod>,
}

/// Why a ceremony failed.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// The realm has no such user.
    #[error("find the user `{0}` in the realm")]
    UnknownUser(String),
    /// The credential does not answer this ceremony.
    #[error("verify the WebAuthn ceremony")]
    Ceremony(#[from] WebauthnError),
    /// The credential is already registered, for this user or for another one.
    #[error("register the passkey: it is already registered")]
    AlreadyRegistered,
    /// `clientDataJSON` cannot be read.
    #[error("read clientDataJSON")]
    ClientData(#[from] serde_json::Error),
    /// The ceremony took place at another origin.
    #[error("verify the WebAuthn ceremony: it took place at the origin {found}")]
    Origin {
        /// `origin` of `clientDataJSON`.
        found: String,
    },
    /// The ceremony took place in a frame of another origin.
    #[error("verify the WebAuthn ceremony: it took place in a frame of another origin")]
    Framed,
    /// The credential is not of the form that a browser gives it.
    #[error("verify the WebAuthn ceremony: {0}")]
    Malformed(&'static str),
    /// The user is locked out.
    #[error("verify the WebAuthn ceremony: the user is locked out")]
    LockedOut,
    /// The credential answers for another user.
    #[error("verify the WebAuthn ceremony: userHandle is of another user")]
    UserHandle,
}

/// Starts a registration ceremony: the options for `navigator.credentials.create`, and the state to finish it with.
///
/// Asks for a resident key, user verification and attestation `direct`, which is not checked (contract C5.8).
///
/// # Errors
/// If there is no such user.
pub fn start_registration(
    realm: &Realm,
    user: &str,
) -> Result<(CreationChallengeResponse, Registration), PasskeyError> {
    let user = find(realm, user)?;
    let registered = user.passkeys.iter().map(|(_, passkey)| passkey.cred_id().clone());
    let excluded = registered.chain(user.excluded_passkeys.iter().cloned()).collect();
    let rp = relying_party(realm)?;
    let (mut options, state) =
        rp.start_passkey_registration(user_handle(&user), &user.username, &user.username, Some(excluded))?;
    options.public_key.attestation = Some(AttestationConveyancePreference::Direct);
    if let Some(selection) = options.public_key.authenticator_selection.as_mut() {
        selection.resident_key = Some(ResidentKeyRequirement::Required);
        selection.require_resident_key = true;
    }
    Ok((options, Registration { user: user.key, state }))
}

/// Finishes a registration ceremony: registers the passkey for the user, as the method that its transports indicate, or
/// else as `default`.
///
/// # Errors
///
/// If the credential does not answer this ceremony, or is already registered.
pub fn finish_registration(
    realm: &Realm,
    registration: &Registration,
    credential: &RegisterPublicKeyCredential,
    default: VerificationMethod,
) -> Result<VerificationMethod, PasskeyError> {
    check_form(&credential.id, &credential.raw_id, &credential.type_)?;
    if credential.raw_id.len() > LONGEST_ID {
        return Err(PasskeyError::Malformed("its id has more than 1023 bytes"));
    }
    check_client_data(realm, &credential.response.client_data_json)?;
    let passkey = relying_party(realm)?.finish_passkey_registration(credential, &registration.state)?;
    let method = method_of(credential).unwrap_or(default);
    match realm.users.add_passkey(&registration.user, method, passkey) {
        None => Err(PasskeyError::UnknownUser(registration.user.clone())),
        Some(false) => Err(PasskeyError::AlreadyRegistered),
        Some(true) => {
            realm.record(Event::VerifierEnrolled { user: registration.user.clone(), method });
            Ok(method)
        }
    }
}

/// Makes the org exclude a credential of this user that is not registered, as one whose registration was never finished.
pub fn exclude(realm: &Realm, user: &str, credential_id: &[u8]) {
    realm.users.update(user, |user| user.excluded_passkeys.push(credential_id.to_vec()));
}

/// The signature counter that the next assertion of this passkey must exceed; `None` if the user has no such passkey.
pub fn signature_counter(realm: &Realm, user: &str, credential_id: &[u8]) -> Option<u32> {
    let passkeys = realm.users.get(user)?.passkeys;
    let (_, passkey) = passkeys.into_iter().find(|(_, passkey)| passkey.cred_id() == credential_id)?;
    Some(Credential::from(passkey).counter)
}

/// Starts a verification ceremony over every passkey of the user, or over those of one method.
pub(crate) fn start_verification(
    realm: &Realm,
    user: &str,
    only: Option<VerificationMethod>,
) -> Result<(RequestChallengeResponse, Verification), PasskeyError> {
    let user = find(realm, user)?;
    let meant = user.passkeys.into_iter().filter(|(method, _)| only.is_none_or(|only| *method == only));
    let passkeys: Vec<Passkey> = meant.map(|(_, passkey)| passkey).collect();
    let (options, state) = relying_party(realm)?.start_passkey_authentication(&passkeys)?;
    let challenge = options.public_key.challenge.clone();
    Ok((options, Verification { state, challenge, only }))
}

/// Finishes a verification ceremony: returns the method of the passkey, and stores its signature counter. A `userHandle`
/// must be that of the user (WebAuthn Level 3, 7.2 step 6).
pub(crate) fn finish_verification(
    realm: &Realm,
    user: &str,
    verification: &Verification,
    credential: &PublicKeyCredential,
) -> Result<VerificationMethod, PasskeyError> {
    check_form(&credential.id, &credential.raw_id, &credential.type_)?;
    let data = &credential.response.authenticator_data;
    let has_more = data.get(32).is_some_and(|flags| flags & (ATTESTED | EXTENSIONS) != 0);
    if !has_more && data.len() > BARE_DATA {
        return Err(PasskeyError::Malformed("bytes follow its authenticator data"));
    }
    if careless::concerned(&realm.spec.org.weaknesses) {
        return finish_carelessly(realm, user, verification, credential);
    }
    check_client_data(realm, &credential.response.client_data_json)?;
    let result = relying_party(realm)?.finish_passkey_authentication(credential, &verification.state)?;
    let handle = credential.response.user_handle.as_deref();
    let now = realm.clock.now(Component::Org);
    let verified = realm.users.update(user, |user| {
        if user.is_locked(now) {
            return Err(PasskeyError::LockedOut);
        }
        if handle.is_some_and(|handle| handle != user_handle(user).as_bytes()) {
            return Err(PasskeyError::UserHandle);
        }
        let held = user.passkeys.iter_mut().find(|(_, passkey)| passkey.cred_id() == result.cred_id());
        let (method, passkey) = held.ok_or(WebauthnError::CredentialNotFound)?;
        // The ceremony's state has the counter from its start; another ceremony may have finished since.
        let counter = Credential::from(passkey.clone()).counter;
        if (result.counter() > 0 || counter > 0) && result.counter() <= counter {
            return Err(WebauthnError::CredentialPossibleCompromise.into());
        }
        passkey.update_credential(&result);
        Ok(*method)
    });
    verified.unwrap_or_else(|| Err(PasskeyError::UnknownUser(user.to_owned())))
}

/// Checks what a browser writes around a credential (WebAuthn Level 3, 5.1).
fn check_form(id: &str, raw_id: &[u8], kind: &str) -> Result<(), PasskeyError> {
    if kind != "public-key" {
        return Err(PasskeyError::Malformed("it is not a public key"));
    }
    if URL_SAFE_NO_PAD.encode(raw_id) != id {
        return Err(PasskeyError::Malformed("its id is not that of its rawId"));
    }
    Ok(())
}

/// The same at an org that leaves out a check on purpose.
fn finish_carelessly(
    realm: &Realm,
    user: &str,
    verification: &Verification,
    credential: &PublicKeyCredential,
) -> Result<VerificationMethod, PasskeyError> {
    let now = realm.clock.now(Component::Org);
    let verified = realm.users.update(user, |user| {
        if user.is_locked(now) {
            return Err(PasskeyError::LockedOut);
        }
        let handle = user_handle(user);
        let held = user.passkeys.iter_mut().find(|(method, passkey)| {
            let asked_for = verification.only.is_none_or(|only| *method == only);
            asked_for && passkey.cred_id() == credential.raw_id.as_slice()
        });
        let (method, passkey) = held.ok_or(WebauthnError::CredentialNotFound)?;
        if !careless::passes(realm, &verification.challenge, passkey, handle.as_bytes(), credential) {
            return Err(WebauthnError::AuthenticationFailure.into());
        }
        let mut used = Credential::from(passkey.clone());
        used.counter = used.counter.max(careless::counter(&credential.response.authenticator_data).unwrap_or(0));
        *passkey = Passkey::from(used);
        Ok(*method)
    });
    verified.unwrap_or_else(|| Err(PasskeyError::UnknownUser(user.to_owned())))
}

/// The members of `CollectedClientData` that say where a ceremony took place (WebAuthn Level 3, 5.8.1).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    origin: String,
    cross_origin: Option<bool>,
    top_origin: Option<String>,
}

/// Checks that the ceremony took place at the My Domain origin, including its port, and in no frame of another origin
/// (WebAuthn Level 3, 7.1 and 7.2): the pages of the org may not be framed.
fn check_client_data(realm: &Realm, json: &[u8]) -> Result<(), PasskeyError> {
    let data: ClientData = serde_json::from_slice(json)?;
    // Software authenticators write the origin as a URL that ends with a slash.
    let same = Url::parse(&data.origin).ok() == Url::parse(&realm.my_domain_origin()).ok();
    if !same {
        return Err(PasskeyError::Origin { found: data.origin });
    }
    if data.cross_origin == Some(true) || data.top_origin.is_some() {
        return Err(PasskeyError::Framed);
    }
    Ok(())
}

fn relying_party(realm: &Realm) -> Result<Webauthn, WebauthnError> {
    let rp_id = realm.hosts.name(&HostRole::MyDomain);
    let origin = Url::parse(&realm.my_domain_origin()).map_err(|_| WebauthnError::Configuration)?;
    let timeout = realm.spec.org.passkey_timeout.min(LONGEST_TIMEOUT);
    WebauthnBuilder::new(&rp_id, &origin)?.rp_name("Vestibule simulated org").timeout(timeout).build()
}

fn find(realm: &Realm, user: &str) -> Result<User, PasskeyError> {
    realm.users.get(user).ok_or_else(|| PasskeyError::UnknownUser(user.to_owned()))
}

/// The user handle is derived from the user id, so that it is the same in every ceremony.
fn user_handle(user: &User) -> Uuid {
    let digest = openssl::sha::sha256(user.id.as_bytes());
    let mut handle = [0; 16];
    handle.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(handle)
}

fn method_of(credential: &RegisterPublicKeyCredential) -> Option<VerificationMethod> {
    let transports = credential.response.transports.as_deref()?;
    if transports.iter().any(|transport| matches!(transport, AuthenticatorTransport::Internal)) {
        Some(VerificationMethod::BuiltInAuthenticator)
    } else {
        (!transports.is_empty()).then_some(VerificationMethod::SecurityKey)
    }
}

/// The `timeout` of a ceremony is a number of 32 bits, in milliseconds (WebAuthn Level 3, 5.4 and 5.5).
const LONGEST_TIMEOUT: Duration = Duration::from_millis(0xffff_ffff);
/// WebAuthn Level 3, 7.1: a credential id has at most 1023 bytes.
const LONGEST_ID: usize = 1023;
/// WebAuthn Level 3, 6.1: authenticator data without a credential and without extensions.
const BARE_DATA: usize = 37;
/// The flag of attested credential data.
const ATTESTED: u8 = 0x40;
/// The flag of extensions.
const EXTENSIONS: u8 = 0x80;
