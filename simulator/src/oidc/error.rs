//! The error codes of the specifications.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The value of an `error` parameter or member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ErrorCode {
    /// A parameter is missing, repeated or malformed (RFC 6749 4.1.2.1 and 5.2).
    InvalidRequest,
    /// Client authentication failed (RFC 6749 5.2).
    InvalidClient,
    /// The code or its verifier is wrong, expired, used or for another client (RFC 6749 5.2).
    InvalidGrant,
    /// The client may not use this flow (RFC 6749 4.1.2.1 and 5.2).
    UnauthorizedClient,
    /// The token endpoint does not know the grant type (RFC 6749 5.2).
    UnsupportedGrantType,
    /// The authorization endpoint does not know the response type (RFC 6749 4.1.2.1).
    UnsupportedResponseType,
    /// The scope is unknown or lacks `openid` (RFC 6749 4.1.2.1).
    InvalidScope,
    /// The user or the OP refused (RFC 6749 4.1.2.1).
    AccessDenied,
    /// The OP failed (RFC 6749 4.1.2.1).
    ServerError,
    /// The OP is overloaded (RFC 6749 4.1.2.1).
    TemporarilyUnavailable,
    /// A page would have to be shown, and `prompt=none` forbids it (OpenID Connect Core 3.1.2.6).
    InteractionRequired,
    /// Nobody is signed in, and `prompt=none` forbids a sign-in page (OpenID Connect Core 3.1.2.6).
    LoginRequired,
    /// The OP does not accept request objects (OpenID Connect Core 3.1.2.6).
    RequestNotSupported,
    /// The OP does not accept request objects by reference (OpenID Connect Core 3.1.2.6).
    RequestUriNotSupported,
    /// The requested `acr` cannot be met (OpenID Connect Core Error Code unmet_authentication_requirements).
    UnmetAuthenticationRequirements,
    /// The access token is unknown, expired or malformed (RFC 6750 3.1).
    InvalidToken,
    /// The access token was issued for less than the request needs (RFC 6750 3.1).
    InsufficientScope,
    /// The request object is malformed or not signed by the client (RFC 9101 7).
    InvalidRequestObject,
    /// The request object cannot be had, or was pushed too long ago (RFC 9101 7).
    InvalidRequestUri,
    /// The DPoP proof is missing, malformed, used before, or for another request (RFC 9449 5).
    InvalidDpopProof,
    /// The DPoP proof needs the nonce that the answer carries (RFC 9449 8).
    UseDpopNonce,
    /// The user has not decided yet (RFC 8628 3.5).
    AuthorizationPending,
    /// The device asks too often (RFC 8628 3.5).
    SlowDown,
    /// The device code has expired (RFC 8628 3.5).
    ExpiredToken,
    /// No token can be made for this resource (RFC 8693 2.2.2).
    InvalidTarget,
}

impl ErrorCode {
    /// The code as it is sent.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InteractionRequired => "interaction_required",
            Self::LoginRequired => "login_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::InvalidRequestObject => "invalid_request_object",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::ExpiredToken => "expired_token",
            Self::InvalidTarget => "invalid_target",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
