//! The claims of an ID token.

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// The claims of an ID token (OpenID Connect Core 2). Times are seconds since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct IdTokenClaims {
    /// Issuer.
    pub(crate) iss: String,
    /// Subject.
    pub(crate) sub: String,
    /// Audience; one is written as a string, several as an array.
    #[serde(serialize_with = "one_or_many")]
    pub(crate) aud: Vec<String>,
    /// Not accepted at or after this time.
    pub(crate) exp: i64,
    /// Issued at this time.
    pub(crate) iat: i64,
    /// Not accepted before this time (RFC 7519 4.1.5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nbf: Option<i64>,
    /// When the user authenticated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) auth_time: Option<i64>,
    /// The `nonce` of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<String>,
    /// Authentication context class reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) acr: Option<String>,
    /// Authentication methods references: an array of strings (RFC 8176), unless it is malformed on purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) amr: Option<Value>,
    /// Hash of the access token, see [`super::half_hash`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) at_hash: Option<String>,
    /// Authorized party.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) azp: Option<String>,
    /// All other claims.
    #[serde(flatten)]
    pub(crate) extra: Map<String, Value>,
}

impl IdTokenClaims {
    /// The required claims; the others are absent.
    pub(crate) fn new(issuer: &str, subject: &str, client_id: &str, now: Timestamp, lifetime: SignedDuration) -> Self {
        Self {
            iss: issuer.to_owned(),
            sub: subject.to_owned(),
            aud: vec![client_id.to_owned()],
            exp: now.as_second().saturating_add(lifetime.as_secs()),
            iat: now.as_second(),
            nbf: None,
            auth_time: None,
            nonce: None,
            acr: None,
            amr: None,
            at_hash: None,
            azp: None,
            extra: Map::new(),
        }
    }
}

fn one_or_many<S: Serializer>(values: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    match values {
        [one] => serializer.serialize_str(one),
        many => serializer.collect_seq(many),
    }
}
