//! Signing in with a passkey over plain HTTP, a ceremony that the program leaves to browsers.

use url::Url;
use webauthn_authenticator_rs::AuthenticatorBackend;
use webauthn_rs_proto::{PublicKeyCredential, RequestChallengeResponse};

use crate::authenticator::{Authenticator, AuthenticatorError};

impl Authenticator<'_> {
    /// `navigator.credentials.get()` at this origin. With an empty allow list, the newest resident credential answers.
    pub(crate) fn authenticate(
        &mut self,
        origin: &Url,
        options: RequestChallengeResponse,
    ) -> Result<PublicKeyCredential, AuthenticatorError> {
        Ok(AuthenticatorBackend::perform_auth(&mut self.backend(), origin.clone(), options.public_key, TIMEOUT_MS)?)
    }
}

const TIMEOUT_MS: u32 = 60_000;
