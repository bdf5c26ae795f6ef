//! The WebAuthn ceremonies over plain HTTP: the part of a browser and its authenticator.

use url::Url;
use vestibule_model::AuthenticatorFault;
use webauthn_authenticator_rs::AuthenticatorBackendHashedClientData;
use webauthn_authenticator_rs::error::WebauthnCError;
use webauthn_rs_proto::{
    CreationChallengeResponse, PublicKeyCredential, RegisterPublicKeyCredential, RequestChallengeResponse,
    UserVerificationPolicy,
};

use super::backend::Backend;
use super::client_data::{self, Ceremony, client_data_json};
use super::credential_store::CredentialStore;
use super::relying_party::{RelyingPartyError, check_relying_party};
use super::settings::AuthenticatorSettings;

/// A software authenticator over a credential store.
#[derive(Debug)]
pub(crate) struct Authenticator<'a> {
    passkeys: &'a mut CredentialStore,
    settings: AuthenticatorSettings,
}

/// Why a ceremony ended without a credential.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AuthenticatorError {
    /// The origin may not use the RP ID.
    #[error(transparent)]
    RelyingParty(#[from] RelyingPartyError),
    /// The RP accepts no algorithm of this authenticator.
    #[error("create a credential: the RP accepts no algorithm of this authenticator")]
    Algorithm,
    /// The store already has a credential that the RP excludes.
    #[error("create a credential: the authenticator already has one for this account")]
    Excluded,
    /// The store has no credential for this RP, or none that it allows.
    #[error("answer with a credential: there is none for `{rp_id}`{}", if *listed { " among those that the RP allows" } else { "" })]
    NoCredential {
        /// The RP ID.
        rp_id: String,
        /// Whether the RP lists the credentials that it allows.
        listed: bool,
    },
    /// Nobody answered, or nobody wanted to.
    #[error("finish the ceremony: {}", told(.0))]
    NotAllowed(AuthenticatorFault),
    /// The counter cannot be wrong before there is one.
    #[error("answer with a wrong counter: the credential was never used, and a counter of 0 counts as none")]
    NoCounter,
    /// The client data cannot be written, or the backend failed.
    #[error("answer the ceremony")]
    Backend(#[from] WebauthnCError),
}

impl AuthenticatorError {
    /// The name of the DOM exception that a browser would raise (WebAuthn Level 3, 5.1.3 and 5.1.4).
    pub(crate) fn dom_exception(&self) -> &'static str {
        match self {
            Self::RelyingParty(_) => "SecurityError",
            Self::Algorithm => "NotSupportedError",
            Self::Excluded => "InvalidStateError",
            Self::NoCredential { .. } | Self::NotAllowed(_) => "NotAllowedError",
            Self::NoCounter | Self::Backend(_) => "UnknownError",
        }
    }
}

impl<'a> Authenticator<'a> {
    /// An authenticator that verifies its user, as a fingerprint reader or PIN does.
    pub(crate) fn new(passkeys: &'a mut CredentialStore) -> Self {
        Self::with(passkeys, AuthenticatorSettings::default())
    }

    /// An authenticator that behaves like this.
    pub(crate) fn with(passkeys: &'a mut CredentialStore, settings: AuthenticatorSettings) -> Self {
        Self { passkeys, settings }
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
        self.settings.algorithm_for(&options.pub_key_cred_params).ok_or(AuthenticatorError::Algorithm)?;
        let verification = options.authenticator_selection.as_ref().map(|selection| selection.user_verification);
        self.answers(verification.unwrap_or(UserVerificationPolicy::Preferred))?;
        let excluded = options.exclude_credentials.iter().flatten();
        let holds = |id: &Vec<u8>| self.passkeys.of(&options.rp.id).any(|held| held.id == *id);
        let claims = self.settings.fault == Some(AuthenticatorFault::ExcludedCredential);
        if claims || excluded.into_iter().any(|excluded| holds(&excluded.id)) {
            return Err(AuthenticatorError::Excluded);
        }
        let client_data = self.client_data(Ceremony::Create, &options.challenge, origin)?;
        let hash = client_data::hash(&client_data);
        let mut backend = self.backend();
        let mut credential =
            AuthenticatorBackendHashedClientData::perform_register(&mut backend, hash, options, TIMEOUT_MS)?;
        credential.response.client_data_json = client_data;
        Ok(credential)
    }

    /// `navigator.credentials.get()` at this origin (WebAuthn Level 3, 5.1.4). With an empty allow list, the newest resident
    /// credential answers. Its counter has then grown in the store.
    ///
    /// # Errors
    ///
    /// If a browser would refuse: see [`AuthenticatorError`].
    pub(crate) fn authenticate(
        &mut self,
        origin: &Url,
        options: RequestChallengeResponse,
    ) -> Result<PublicKeyCredential, AuthenticatorError> {
        let options = options.public_key;
        check_relying_party(origin, &options.rp_id)?;
        self.answers(options.user_verification)?;
        let backend = self.backend();
        let Some(id) = backend.fitting(&options) else {
            let listed = !options.allow_credentials.is_empty();
            return Err(AuthenticatorError::NoCredential { rp_id: options.rp_id, listed });
        };
        let unused = backend.passkeys.of(&options.rp_id).any(|held| held.id == id && held.sign_count == 0);
        let counts =
            matches!(self.settings.fault, Some(AuthenticatorFault::CounterEqual | AuthenticatorFault::CounterLower));
        if counts && unused {
            return Err(AuthenticatorError::NoCounter);
        }
        let client_data = self.client_data(Ceremony::Get, &options.challenge, origin)?;
        let hash = client_data::hash(&client_data);
        let mut backend = self.backend();
        let mut credential =
            AuthenticatorBackendHashedClientData::perform_auth(&mut backend, hash, options, TIMEOUT_MS)?;
        credential.response.client_data_json = client_data;
        Ok(credential)
    }

    /// Whether it answers a ceremony that asks for this user verification.
    fn answers(&self, verification: UserVerificationPolicy) -> Result<(), AuthenticatorError> {
        let Some(fault) = self.settings.fault else { return Ok(()) };
        let unverified = fault.leaves_user_unverified() && verification == UserVerificationPolicy::Required;
        let silent = matches!(
            fault,
            AuthenticatorFault::Absent
                | AuthenticatorFault::Declined
                | AuthenticatorFault::TimedOut
                | AuthenticatorFault::Hanging
        );
        if unverified || silent { Err(AuthenticatorError::NotAllowed(fault)) } else { Ok(()) }
    }

    fn client_data(&self, kind: Ceremony, challenge: &[u8], origin: &Url) -> Result<Vec<u8>, WebauthnCError> {
        let origin = match self.settings.fault {
            Some(AuthenticatorFault::WrongOrigin) => WRONG_ORIGIN.to_owned(),
            _ => origin.origin().ascii_serialization(),
        };
        client_data_json(kind, challenge, &origin).map_err(|_| WebauthnCError::Json)
    }

    fn backend(&mut self) -> Backend<'_> {
        Backend { passkeys: self.passkeys, settings: &self.settings }
    }
}

/// What happened, for a fault that ends the ceremony.
fn told(fault: &AuthenticatorFault) -> &'static str {
    match fault {
        AuthenticatorFault::Absent => "there is no authenticator",
        AuthenticatorFault::UserVerificationRefused => "the user could not be verified",
        AuthenticatorFault::UserVerificationAbsent => {
            "the RP requires user verification, and the authenticator has none"
        }
        AuthenticatorFault::Declined => "the user declined",
        AuthenticatorFault::TimedOut => "nobody answered in time",
        AuthenticatorFault::Hanging => "the authenticator does not answer",
        AuthenticatorFault::WrongOrigin
        | AuthenticatorFault::CounterLower
        | AuthenticatorFault::CounterEqual
        | AuthenticatorFault::BackupEligible
        | AuthenticatorFault::BackedUp
        | AuthenticatorFault::BackedUpIneligible
        | AuthenticatorFault::NotBackupEligible
        | AuthenticatorFault::ExcludedCredential => "it was refused",
    }
}

/// The origin of a site that no RP is.
const WRONG_ORIGIN: &str = "https://wrong-origin.example";
/// The backend answers at once; the limit of a ceremony is its caller's.
const TIMEOUT_MS: u32 = 60_000;
