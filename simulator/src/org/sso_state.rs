//! What single sign-on remembers: requests that wait for an answer, and answers that are used.

use std::sync::OnceLock;

use jiff::SignedDuration;

use super::return_url::ReturnUrl;
use crate::back_channel::{BackChannel, BackChannelError};
use crate::realm::{Component, Expiring, ForeignIdp, Kept, Realm, later};
use vestibule_model::Secret;

/// What single sign-on remembers.
pub(crate) struct SsoState {
    /// SAML: `AuthnRequest`s that wait for an answer, by `ID`.
    pub(crate) requests: Expiring<SentRequest>,
    /// SAML: the assertions that were accepted, by [`assertion_key`].
    pub(crate) used_assertions: Expiring<()>,
    /// SAML: the `LogoutRequest`s that were followed, by [`assertion_key`].
    pub(crate) used_logouts: Expiring<()>,
    /// OIDC: authorization requests by `state`.
    pub(crate) authorizations: Expiring<SentAuthorization>,
    back_channel: OnceLock<BackChannel>,
}

/// An `AuthnRequest` that was sent.
#[derive(Debug, Clone)]
pub(crate) struct SentRequest {
    /// Key of the identity provider.
    pub(crate) idp: String,
    /// Names the browser that started: the value of its cookie.
    pub(crate) browser: Secret,
    /// Where the login goes when it is through, where no `RelayState` says it.
    pub(crate) return_url: Option<ReturnUrl>,
}

/// An authorization request that was sent.
#[derive(Debug, Clone)]
pub(crate) struct SentAuthorization {
    /// Key of the identity provider.
    pub(crate) idp: String,
    /// `nonce`, which must come back in the ID token.
    pub(crate) nonce: String,
    /// PKCE `code_verifier` (RFC 7636).
    pub(crate) code_verifier: Secret,
    /// The cookie value of the browser that started the login.
    pub(crate) browser: Secret,
    /// The destination of the login.
    pub(crate) return_url: ReturnUrl,
}

impl SsoState {
    pub(super) fn new(realm: &Realm) -> Self {
        Self {
            requests: Expiring::new(Kept::SsoRequests, &realm.journal),
            used_assertions: Expiring::new(Kept::UsedAssertions, &realm.journal),
            used_logouts: Expiring::new(Kept::UsedAssertions, &realm.journal),
            authorizations: Expiring::new(Kept::SsoRequests, &realm.journal),
            back_channel: OnceLock::new(),
        }
    }

    /// Remembers an `AuthnRequest`.
    pub(crate) fn sent(&self, realm: &Realm, id: &str, sent: SentRequest) {
        let now = realm.clock.now(Component::Org);
        self.requests.put(id, sent, later(now, REQUEST_LIFETIME), now);
    }

    /// Remembers an authorization request.
    pub(crate) fn authorization_sent(&self, realm: &Realm, state: &str, sent: SentAuthorization) {
        let now = realm.clock.now(Component::Org);
        let end = later(now, REQUEST_LIFETIME);
        self.authorizations.put(state, sent, end, now);
    }

    /// The client for back-channel calls, made once.
    pub(crate) fn back_channel(&self, realm: &Realm) -> Result<BackChannel, BackChannelError> {
        if let Some(channel) = self.back_channel.get() {
            return Ok(channel.clone());
        }
        let foreign = realm.trusts.iter().filter_map(|trust| trust.foreign.as_ref());
        let named: Vec<_> = foreign.flat_map(ForeignIdp::called).collect();
        let channel = BackChannel::new(&realm.certs, &realm.hosts, &named)?;
        Ok(self.back_channel.get_or_init(|| channel).clone())
    }
}

/// An assertion or a request among those of all identity providers: each chooses its IDs as it likes.
pub(crate) fn assertion_key(issuer: &str, id: &str) -> String {
    // An ID has no white space (xs:ID).
    format!("{id} {issuer}")
}

/// How long a user may take at the identity provider.
pub(crate) const REQUEST_LIFETIME: SignedDuration = SignedDuration::from_mins(30);
