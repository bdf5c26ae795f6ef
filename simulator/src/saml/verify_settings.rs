//! What a `Response` is held against.

use jiff::{SignedDuration, Timestamp};

/// What the org knows when a `Response` arrives.
#[derive(Debug, Clone)]
pub struct VerifySettings {
    /// Entity id of the IdP.
    pub idp_entity_id: String,
    /// The IdP's signing certificates, DER. Nothing else is trusted; without one, everything is refused.
    pub trusted_certificates: Vec<Vec<u8>>,
    /// The ACS that received the message.
    pub acs_url: String,
    /// Entity ids under which the org is known; the assertion must name one.
    pub audiences: Vec<String>,
    /// The org's clock.
    pub now: Timestamp,
    /// How far the clocks may differ.
    pub clock_skew: SignedDuration,
    /// Which request is answered.
    pub expected_in_response_to: Expectation,
    /// How long ago the user may have signed in at the IdP; `None` does not ask.
    pub max_authentication_age: Option<SignedDuration>,
    /// Whether a configured certificate that has expired at `now` is refused.
    pub refuse_expired_certificates: bool,
    /// Most bytes of the XML.
    pub max_bytes: usize,
}

impl VerifySettings {
    /// A limit that no honest `Response` comes near.
    pub const MAX_BYTES: usize = 256 * 1024;

    /// Settings for one IdP with one certificate: three minutes of skew, no limit on the age of the sign-in, expired
    /// certificates refused.
    pub fn new(
        idp_entity_id: impl Into<String>,
        trusted_certificate: Vec<u8>,
        acs_url: impl Into<String>,
        audience: impl Into<String>,
        now: Timestamp,
        expected_in_response_to: Expectation,
    ) -> Self {
        Self {
            idp_entity_id: idp_entity_id.into(),
            trusted_certificates: vec![trusted_certificate],
            acs_url: acs_url.into(),
            audiences: vec![audience.into()],
            now,
            clock_skew: SignedDuration::from_mins(3),
            expected_in_response_to,
            max_authentication_age: None,
            refuse_expired_certificates: true,
            max_bytes: Self::MAX_BYTES,
        }
    }
}

/// Which request a `Response` must answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// The request with this id.
    Exactly(String),
    /// No request: the IdP starts the login, and `InResponseTo` must be absent.
    Unsolicited,
    /// One of the browser's outstanding requests, or none where that is allowed.
    OneOf {
        /// Ids of the outstanding requests.
        requests: Vec<String>,
        /// Whether the IdP may start the login.
        unsolicited: bool,
    },
}

impl Expectation {
    pub(super) fn admits(&self, found: Option<&str>) -> bool {
        match (self, found) {
            (Self::Exactly(id), Some(found)) => id == found,
            (Self::OneOf { requests, .. }, Some(found)) => requests.iter().any(|id| id == found),
            (Self::Unsolicited, found) => found.is_none(),
            (Self::OneOf { unsolicited, .. }, None) => *unsolicited,
            (Self::Exactly(_), None) => false,
        }
    }

    pub(super) fn expected(&self) -> Option<String> {
        match self {
            Self::Exactly(id) => Some(id.clone()),
            Self::Unsolicited => None,
            Self::OneOf { requests, .. } if requests.is_empty() => None,
            Self::OneOf { requests, .. } => Some(requests.join(" or ")),
        }
    }
}
