//! The claims of an ID token.

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// The claims of an ID token (OpenID Connect Core 2). Times are seconds since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IdTokenClaims {
    /// Issuer.
    pub iss: String,
    /// Subject.
    pub sub: String,
    /// Audience; one is written as a string, several as an array.
    #[serde(serialize_with = "one_or_many")]
    pub aud: Vec<String>,
    /// Not accepted at or after this time.
    pub exp: i64,
    /// Made at this time.
    pub iat: i64,
    /// Not accepted before this time (RFC 7519 4.1.5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// When the user authenticated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// The `nonce` of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Authentication context class reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// Authentication methods references: an array of strings (RFC 8176), unless it is malformed on purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amr: Option<Value>,
    /// Hash of the access token, see [`super::half_hash`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<String>,
    /// Authorized party.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azp: Option<String>,
    /// All other claims.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl IdTokenClaims {
    /// The required claims; the others are absent.
    pub fn new(issuer: &str, subject: &str, client_id: &str, now: Timestamp, lifetime: SignedDuration) -> Self {
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
