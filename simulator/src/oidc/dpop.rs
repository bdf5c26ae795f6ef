//! DPoP: a proof that whoever sends a token holds a key.
//!
//! Source: RFC 9449 4.2, 4.3 and 6.1.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::Jwk;
use openssl::sha::sha256;
use url::Url;

use super::jose::{CompactJws, JwsFault, thumbprint};

/// The header that carries a proof.
pub(crate) const DPOP_HEADER: &str = "dpop";
/// The header that carries a nonce for the next proof (RFC 9449 8).
pub(crate) const DPOP_NONCE_HEADER: &str = "dpop-nonce";

/// A proof whose signature is that of its own key.
pub(crate) struct DpopProof {
    /// The thumbprint of the key (`jkt`).
    pub(crate) thumbprint: String,
    /// `jti`, which is used once.
    pub(crate) id: String,
    /// The nonce of the server.
    pub(crate) nonce: Option<String>,
    method: String,
    url: String,
    issued_at: i64,
    token_hash: Option<String>,
}

/// Why a proof proves nothing. Each text completes "the DPoP proof ...".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DpopFault {
    /// Of its form or its signature.
    #[error(transparent)]
    Jws(#[from] JwsFault),
    /// More than one `DPoP` header.
    #[error("is sent more than once")]
    Repeated,
    /// Another `typ` than `dpop+jwt`.
    #[error("has another `typ` than `dpop+jwt`")]
    Type,
    /// No public key in the header.
    #[error("has no public key in the header parameter `jwk`")]
    Key,
    /// A claim is missing or of another type.
    #[error("has no usable claim `{claim}`")]
    Claim {
        /// Its name.
        claim: &'static str,
    },
    /// Another HTTP method.
    #[error("is for another HTTP method")]
    Method,
    /// Another address.
    #[error("is for another address than `{expected}`")]
    Url {
        /// The address that was called.
        expected: String,
    },
    /// Made too long ago, or in the future.
    #[error("was made {seconds} seconds ago, and at most {} are accepted", LIFETIME.as_secs())]
    Age {
        /// How long ago; negative if it lies in the future.
        seconds: i64,
    },
    /// Another access token.
    #[error("is for another access token")]
    Token,
    /// Its `jti` was used before.
    #[error("was used before")]
    Replayed,
}

impl DpopProof {
    /// Reads a proof and verifies its signature by the key in it.
    ///
    /// # Errors
    /// If it is no proof, or the signature is of another key.
    pub(crate) fn read(proof: &str) -> Result<Self, DpopFault> {
        let jws = CompactJws::read(proof)?;
        if jws.typ() != Some("dpop+jwt") {
            return Err(DpopFault::Type);
        }
        let jwk = jws.header.get("jwk").filter(|jwk| jwk.get("d").is_none()).ok_or(DpopFault::Key)?;
        let key: Jwk = serde_json::from_value(jwk.clone()).map_err(|_| DpopFault::Key)?;
        jws.verify_by(&key)?;
        let text = |claim| jws.text(claim).map(str::to_owned).ok_or(DpopFault::Claim { claim });
        Ok(Self {
            thumbprint: thumbprint(&key).ok_or(DpopFault::Key)?,
            id: text("jti")?,
            nonce: jws.text("nonce").map(str::to_owned),
            method: text("htm")?,
            url: text("htu")?,
            issued_at: jws.seconds("iat").ok_or(DpopFault::Claim { claim: "iat" })?,
            token_hash: jws.text("ath").map(str::to_owned),
        })
    }

    /// Checks that it was made for this request, now, and for the access token that comes with it, if one does.
    ///
    /// # Errors
    /// If not.
    pub(crate) fn check(
        &self,
        method: &str,
        url: &str,
        access_token: Option<&str>,
        now: Timestamp,
    ) -> Result<(), DpopFault> {
        if self.method != method {
            return Err(DpopFault::Method);
        }
        if address(&self.url).is_none_or(|own| Some(own) != address(url)) {
            return Err(DpopFault::Url { expected: url.to_owned() });
        }
        let age = now.as_second().saturating_sub(self.issued_at);
        if age.saturating_abs() > LIFETIME.as_secs() {
            return Err(DpopFault::Age { seconds: age });
        }
        match access_token {
            Some(token) if self.token_hash.as_deref() != Some(token_hash(token).as_str()) => Err(DpopFault::Token),
            _ => Ok(()),
        }
    }

    /// When no server takes it any more.
    pub(crate) fn end(&self) -> Timestamp {
        let last = self.issued_at.saturating_add(LIFETIME.as_secs()).saturating_add(1);
        Timestamp::from_second(last).unwrap_or(Timestamp::MAX)
    }
}

/// The value of `ath` for an access token (RFC 9449 4.2).
fn token_hash(access_token: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(access_token.as_bytes()))
}

/// An address without query and fragment, written as browsers do (RFC 9449 4.3).
fn address(text: &str) -> Option<Url> {
    let mut url = Url::parse(text).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

/// How far the time of a proof may lie from now.
const LIFETIME: SignedDuration = SignedDuration::from_mins(5);
