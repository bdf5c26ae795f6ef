//! A client that authenticates by a JWT: `private_key_jwt` and `client_secret_jwt`.
//!
//! Source: RFC 7523 2.2 and 3, OpenID Connect Core 9.

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::JwkSet;

use super::jose::{CompactJws, JwsFault};

/// The only type of a client assertion (RFC 7523 2.2).
pub(crate) const CLIENT_ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client assertion. Nothing in it is trusted before it is verified.
pub(crate) struct ClientAssertion {
    jws: CompactJws,
    /// `iss` and `sub`: the client.
    pub(crate) client_id: String,
    /// `jti`, which is used once.
    pub(crate) id: String,
    expires: i64,
}

/// Why an assertion proves nothing. Each text completes "the client assertion ...".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClientAssertionFault {
    /// Of its form or its signature.
    #[error(transparent)]
    Jws(#[from] JwsFault),
    /// A claim is missing or of another type.
    #[error("has no usable claim `{claim}`")]
    Claim {
        /// Its name.
        claim: &'static str,
    },
    /// `iss` and `sub` differ.
    #[error("has an `iss` that differs from its `sub`")]
    Issuer,
    /// For somebody else.
    #[error("is for another `aud`: write the issuer")]
    Audience,
    /// Too late.
    #[error("expired {seconds} seconds ago")]
    Expired {
        /// How long ago.
        seconds: i64,
    },
    /// Too early.
    #[error("is valid only in {seconds} seconds")]
    NotYetValid {
        /// In how long.
        seconds: i64,
    },
}

impl ClientAssertion {
    /// Reads an assertion.
    ///
    /// # Errors
    /// If it is no JWT, or lacks a claim.
    pub(crate) fn read(assertion: &str) -> Result<Self, ClientAssertionFault> {
        let jws = CompactJws::read(assertion)?;
        let text = |claim| jws.text(claim).map(str::to_owned).ok_or(ClientAssertionFault::Claim { claim });
        let (issuer, client_id, id) = (text("iss")?, text("sub")?, text("jti")?);
        if issuer != client_id {
            return Err(ClientAssertionFault::Issuer);
        }
        let expires = jws.seconds("exp").ok_or(ClientAssertionFault::Claim { claim: "exp" })?;
        Ok(Self { client_id, id, expires, jws })
    }

    /// Whether it is signed with the secret of the client.
    pub(crate) fn is_symmetric(&self) -> bool {
        self.jws.is_symmetric()
    }

    /// Verifies the signature by the secret of the client.
    ///
    /// # Errors
    /// If it is signed otherwise.
    pub(crate) fn verify_by_secret(&self, secret: &str) -> Result<(), ClientAssertionFault> {
        Ok(self.jws.verify_by_secret(secret)?)
    }

    /// Verifies the signature by the keys of the client.
    ///
    /// # Errors
    /// If it is signed otherwise.
    pub(crate) fn verify(&self, keys: &JwkSet) -> Result<(), ClientAssertionFault> {
        Ok(self.jws.verify(keys)?)
    }

    /// Checks that it is for one of these audiences and that its time has come and is not over.
    ///
    /// # Errors
    /// If not.
    pub(crate) fn check(&self, audiences: &[&str], now: Timestamp) -> Result<(), ClientAssertionFault> {
        if !self.jws.audiences().iter().any(|audience| audiences.contains(audience)) {
            return Err(ClientAssertionFault::Audience);
        }
        let (now, skew) = (now.as_second(), CLOCK_SKEW.as_secs());
        let late = now.saturating_sub(self.expires);
        if late >= skew {
            return Err(ClientAssertionFault::Expired { seconds: late });
        }
        let early = ["nbf", "iat"].iter().filter_map(|claim| self.jws.seconds(claim)).map(|at| at.saturating_sub(now));
        match early.max().filter(|early| *early > skew) {
            Some(seconds) => Err(ClientAssertionFault::NotYetValid { seconds }),
            None => Ok(()),
        }
    }

    /// When it ends, and its `jti` with it.
    pub(crate) fn end(&self) -> Timestamp {
        Timestamp::from_second(self.expires.saturating_add(CLOCK_SKEW.as_secs())).unwrap_or(Timestamp::MAX)
    }
}

const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);
