//! WebAuthn ceremonies over plain HTTP: what a browser and its authenticator do between a page and a person.

use url::Url;
use webauthn_authenticator_rs::AuthenticatorBackend;
use webauthn_authenticator_rs::error::WebauthnCError;
use webauthn_rs_proto::{
    CreationChallengeResponse, PublicKeyCredential, PublicKeyCredentialRequestOptions, RegisterPublicKeyCredential,
    RequestChallengeResponse, UserVerificationPolicy,
};

use super::backend::{Backend, ES256};
use super::relying_party::{RelyingPartyError, check_relying_party};
use super::vault::Vault;

/// A software authenticator over a vault.
#[derive(Debug)]
pub struct Authenticator<'a> {
    vault: &'a mut Vault,
    verifies_user: bool,
}

/// Why a ceremony ended without a credential. The names in brackets are the DOM exceptions a browser would raise.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticatorError {
    /// `SecurityError`.
    #[error(transparent)]
    RelyingParty(#[from] RelyingPartyError),
    /// `NotSupportedError`: the RP does not take ES256.
    #[error("create a credential: the RP does not accept ES256, the only algorithm of this authenticator")]
    Algorithm,
    /// `InvalidStateError`: a credential that the RP excludes is held already.
    #[error("create a credential: a credential of this account is held already")]
    Excluded,
    /// `NotAllowedError`: the RP requires user verification and this authenticator does not verify.
    #[error("answer the ceremony: the RP requires user verification and this authenticator does not verify the user")]
    UserVerification,
    /// `NotAllowedError`: no credential fits.
    #[error("answer the ceremony: no credential of RP ID `{rp_id}` fits ({held} held)")]
    NoCredential {
        /// RP ID.
        rp_id: String,
        /// How many credentials of this RP ID are held.
        held: usize,
    },
    /// The backend failed.
    #[error("answer the ceremony")]
    Backend(#[from] WebauthnCError),
}

impl<'a> Authenticator<'a> {
    /// An authenticator that verifies its user, as a fingerprint reader or PIN does.
    pub fn new(vault: &'a mut Vault) -> Self {
        Self { vault, verifies_user: true }
    }

    /// Chooses whether the user is verified (the UV flag) or only present.
    pub fn verifies_user(mut self, verifies: bool) -> Self {
        self.verifies_user = verifies;
        self
    }

    /// `navigator.credentials.create()` at this origin (WebAuthn Level 3, 5.1.3). The credential is in the vault then.
    ///
    /// # Errors
    ///
    /// As a browser would refuse: see [`AuthenticatorError`].
    pub fn register(
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
        if excluded.into_iter().any(|excluded| self.vault.of(&options.rp.id).any(|held| held.id == excluded.id)) {
            return Err(AuthenticatorError::Excluded);
        }
        let asked = options.authenticator_selection.as_ref().map(|selection| selection.user_verification);
        self.check_user_verification(asked.unwrap_or(UserVerificationPolicy::Preferred))?;
        let timeout = options.timeout.unwrap_or(TIMEOUT_MS);
        Ok(AuthenticatorBackend::perform_register(&mut self.backend(), origin.clone(), options, timeout)?)
    }

    /// `navigator.credentials.get()` at this origin (WebAuthn Level 3, 5.1.4). With an empty allow list, the newest
    /// resident credential answers.
    ///
    /// # Errors
    ///
    /// As a browser would refuse: see [`AuthenticatorError`].
    pub fn authenticate(
        &mut self,
        origin: &Url,
        options: RequestChallengeResponse,
    ) -> Result<PublicKeyCredential, AuthenticatorError> {
        let options = options.public_key;
        check_relying_party(origin, &options.rp_id)?;
        self.check_user_verification(options.user_verification)?;
        self.check_credential(&options)?;
        let timeout = options.timeout.unwrap_or(TIMEOUT_MS);
        Ok(AuthenticatorBackend::perform_auth(&mut self.backend(), origin.clone(), options, timeout)?)
    }

    fn check_user_verification(&self, asked: UserVerificationPolicy) -> Result<(), AuthenticatorError> {
        if asked == UserVerificationPolicy::Required && !self.verifies_user {
            return Err(AuthenticatorError::UserVerification);
        }
        Ok(())
    }

    fn check_credential(&mut self, options: &PublicKeyCredentialRequestOptions) -> Result<(), AuthenticatorError> {
        if self.backend().fitting(options).is_some() {
            return Ok(());
        }
        let held = self.vault.of(&options.rp_id).count();
        Err(AuthenticatorError::NoCredential { rp_id: options.rp_id.clone(), held })
    }

    fn backend(&mut self) -> Backend<'_> {
        Backend { vault: self.vault, verifies_user: self.verifies_user }
    }
}

const TIMEOUT_MS: u32 = 60_000;
