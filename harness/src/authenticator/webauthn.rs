//! The WebAuthn ceremony that creates a passkey, over plain HTTP: the part of a browser and its authenticator.

use url::Url;
use webauthn_authenticator_rs::AuthenticatorBackend;
use webauthn_authenticator_rs::error::WebauthnCError;
use webauthn_rs_proto::{CreationChallengeResponse, RegisterPublicKeyCredential};

use super::backend::{Backend, ES256};
use super::credential_store::CredentialStore;
use super::relying_party::{RelyingPartyError, check_relying_party};

/// A software authenticator over a credential store.
#[derive(Debug)]
pub(crate) struct Authenticator<'a> {
    passkeys: &'a mut CredentialStore,
}

/// Why a ceremony ended without a credential. The names in brackets are the DOM exceptions a browser would raise.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AuthenticatorError {
    /// `SecurityError`.
    #[error(transparent)]
    RelyingParty(#[from] RelyingPartyError),
    /// `NotSupportedError`: the RP does not accept ES256.
    #[error("create a credential: the RP does not accept ES256, the only algorithm of this authenticator")]
    Algorithm,
    /// `InvalidStateError`: the store already has a credential that the RP excludes.
    #[error("create a credential: the authenticator already has one for this account")]
    Excluded,
    /// The backend failed.
    #[error("answer the ceremony")]
    Backend(#[from] WebauthnCError),
}

impl<'a> Authenticator<'a> {
    /// An authenticator that verifies its user, as a fingerprint reader or PIN does.
    pub(crate) fn new(passkeys: &'a mut CredentialStore) -> Self {
        Self { passkeys }
    }

    /// `navigator.credentials.create()` at this origin (WebAuthn Level 3, 5.1.3). The new credential is then in the
    /// store.
    ///
    /// # Errors
    ///
    /// If a browser would refuse: see [`AuthenticatorError`].
    pub(crate) fn register(
        &mut self,
        origin: &Url,
        options: CreationChallengeResponse,
    ) -> Result<RegisterPublicKeyCredential, AuthenticatorError> {
        let options = options.public_key;
        check_relying_party(origin, &options.rp.id)?;
        if !options.pub_key_cred_params.iter().any(|param| param.type_ == "public-key" && param.alg == ES256) {
            return Err(AuthenticatorError::Algorithm);
        }
        let excluded = options.exclude_credentials.iter().flatten();
        if excluded.into_iter().any(|excluded| self.passkeys.of(&options.rp.id).any(|held| held.id == excluded.id)) {
            return Err(AuthenticatorError::Excluded);
        }
        let timeout = options.timeout.unwrap_or(TIMEOUT_MS);
        Ok(AuthenticatorBackend::perform_register(&mut self.backend(), origin.clone(), options, timeout)?)
    }

    pub(super) fn backend(&mut self) -> Backend<'_> {
        Backend { passkeys: self.passkeys }
    }
}

const TIMEOUT_MS: u32 = 60_000;
