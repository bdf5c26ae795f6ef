//! What the identity provider remembers about a grant: the authorization code and the access token made from it.

use jiff::Timestamp;

use crate::oidc::AuthorizationRequest;
use vestibule_model::Fault;
use vestibule_model::Secret;
use vestibule_model::Signal;

/// An authorization code, valid once, for its client, redirect URI and code challenge (RFC 6749 4.1.2, RFC 7636 4.4).
#[derive(Clone)]
pub(super) struct AuthorizationCode {
    /// The request that it answers.
    pub(super) request: AuthorizationRequest,
    /// Key of the user.
    pub(super) user: String,
    /// When the user signed in.
    pub(super) auth_time: Timestamp,
    /// The signals that the ID token will carry.
    pub(super) signals: Vec<Signal>,
    /// What was chosen to be wrong with the ID token.
    pub(super) faults: Vec<Fault>,
    /// Whether it was used.
    pub(super) state: CodeState,
}

/// Whether a code was used.
#[derive(Clone)]
pub(super) enum CodeState {
    /// Not yet.
    Fresh,
    /// Used; a replay revokes this access token (RFC 6749 4.1.2).
    Used {
        /// The access token that was made from it.
        access_token: Secret,
    },
    /// Replayed, so no longer valid.
    Void,
}

/// An access token, opaque to the org.
#[derive(Clone)]
pub(super) struct IssuedToken {
    /// Key of the user.
    pub(super) user: String,
    /// The signals about the sign-in.
    pub(super) signals: Vec<Signal>,
}
