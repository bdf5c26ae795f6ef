//! An authorization request as a signed JWT.
//!
//! Source: RFC 9101 4, 5 and 6; OpenID Connect Core 6.

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::JwkSet;
use serde_json::Value;
use url::form_urlencoded;

use super::jose::{CompactJws, JwsFault};

/// A request object. Nothing in it is trusted before it is verified.
pub(crate) struct RequestObject(CompactJws);

/// Why a request object is refused. Each text completes "the request object ...".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RequestObjectFault {
    /// Of its form or its signature.
    #[error(transparent)]
    Jws(#[from] JwsFault),
    /// Of another client.
    #[error("is of another client than the `client_id` beside it")]
    OtherClient,
    /// For another OP.
    #[error("is for another `aud`: write the issuer")]
    Audience,
    /// Not now.
    #[error("is not valid now: see its `exp` and `nbf`")]
    Time,
    /// It refers to another one.
    #[error("contains `{name}`, which it must not")]
    Nested {
        /// The parameter.
        name: &'static str,
    },
    /// Some parameter cannot be written in a query.
    #[error("has a `{name}` that is neither text nor number nor object")]
    Value {
        /// The parameter.
        name: String,
    },
}

impl RequestObject {
    /// Reads a request object.
    ///
    /// # Errors
    /// If it is no JWS.
    pub(crate) fn read(object: &str) -> Result<Self, RequestObjectFault> {
        Ok(Self(CompactJws::read(object)?))
    }

    /// Whether it is signed with the secret of the client.
    pub(crate) fn is_symmetric(&self) -> bool {
        self.0.is_symmetric()
    }

    /// Verifies the signature by the secret of the client.
    ///
    /// # Errors
    /// If it is signed otherwise.
    pub(crate) fn verify_by_secret(&self, secret: &str) -> Result<(), RequestObjectFault> {
        Ok(self.0.verify_by_secret(secret)?)
    }

    /// Verifies the signature by the keys of the client.
    ///
    /// # Errors
    /// If it is signed otherwise.
    pub(crate) fn verify(&self, keys: &JwkSet) -> Result<(), RequestObjectFault> {
        Ok(self.0.verify(keys)?)
    }

    /// The parameters of the request, as a query. No other parameter counts (RFC 9101 6.3).
    ///
    /// # Errors
    /// If it is of another client, for another OP, or not valid now.
    pub(crate) fn parameters(
        &self,
        client_id: &str,
        issuer: &str,
        now: Timestamp,
    ) -> Result<String, RequestObjectFault> {
        let named = |claim: &str| self.0.claims.get(claim).map(|value| value.as_str().unwrap_or_default());
        if [named("client_id"), named("iss")].into_iter().flatten().any(|own| own != client_id) {
            return Err(RequestObjectFault::OtherClient);
        }
        if self.0.claims.contains_key("aud") && !self.0.audiences().contains(&issuer) {
            return Err(RequestObjectFault::Audience);
        }
        let (now, skew) = (now.as_second(), CLOCK_SKEW.as_secs());
        let over = self.0.seconds("exp").is_some_and(|end| now.saturating_sub(end) >= skew);
        let early = self.0.seconds("nbf").is_some_and(|start| start.saturating_sub(now) > skew);
        if over || early {
            return Err(RequestObjectFault::Time);
        }
        if let Some(name) = ["request", "request_uri"].into_iter().find(|name| self.0.claims.contains_key(*name)) {
            return Err(RequestObjectFault::Nested { name });
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("client_id", client_id);
        for (name, value) in &self.0.claims {
            if OF_THE_JWT.contains(&name.as_str()) {
                continue;
            }
            match value {
                Value::Null => {}
                Value::String(text) => {
                    query.append_pair(name, text);
                }
                Value::Number(_) | Value::Bool(_) | Value::Object(_) => {
                    query.append_pair(name, &value.to_string());
                }
                Value::Array(_) => return Err(RequestObjectFault::Value { name: name.clone() }),
            }
        }
        Ok(query.finish())
    }
}

/// Claims that say something about the JWT, and the client, which is written once.
const OF_THE_JWT: [&str; 8] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id"];
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);
