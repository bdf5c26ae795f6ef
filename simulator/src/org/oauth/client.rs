//! The app that calls an endpoint, and whether it is the one that it says.

use vestibule_model::Secret;

use super::error::OauthError;
use super::parameters::Parameters;
use crate::http::RequestContext;
use crate::oidc::basic_credentials;
use crate::org::{Org, password};
use crate::realm::App;

/// The app that calls, with the secret that it sent.
pub(super) struct Client<'a> {
    pub(super) app: &'a App,
    secret: Option<Secret>,
}

impl<'a> Client<'a> {
    /// The app by the `Authorization: Basic` header, or by `client_id` and `client_secret` (RFC 6749 2.3.1).
    ///
    /// # Errors
    /// If no app has the consumer key.
    pub(super) fn of(org: &'a Org, request: &RequestContext, parameters: &Parameters<'_>) -> Result<Self, OauthError> {
        let (client_id, secret) = match request.authorization.as_deref().and_then(basic_credentials) {
            Some((client_id, secret)) => (client_id, Some(secret).filter(|secret| !secret.is_empty())),
            None => (parameters.text("client_id").to_owned(), parameters.get("client_secret").map(str::to_owned)),
        };
        let app = org.realm.apps.by_client_id(&client_id).ok_or_else(OauthError::unknown_client)?;
        Ok(Self { app, secret: secret.map(Secret::new) })
    }

    /// Checks the secret. One that is wrong is refused even where none is required.
    ///
    /// # Errors
    /// If it is wrong, or missing although it is required.
    pub(super) fn check_secret(&self, required: bool) -> Result<(), OauthError> {
        let why = match (&self.app.client_secret, &self.secret) {
            (None, _) => return Ok(()),
            (Some(_), None) if !required => return Ok(()),
            (Some(registered), Some(given)) if password::is(registered, given.reveal()) => return Ok(()),
            (Some(_), None) => "the app must send its consumer secret",
            (Some(_), Some(_)) => "the consumer secret is wrong",
        };
        Err(OauthError::new("invalid_client", "invalid client credentials", why).of_app(self.app))
    }
}
