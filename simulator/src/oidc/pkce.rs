//! Proof Key for Code Exchange, S256 only.
//!
//! Source: RFC 7636. `plain` is refused, and so is a request that leaves the method out, since that means `plain`
//! (4.3).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::sha::sha256;

/// A code challenge of method S256 (RFC 7636 4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeChallenge(String);

impl CodeChallenge {
    /// Reads `code_challenge` and `code_challenge_method`; `None` if the request has neither.
    ///
    /// # Errors
    /// If only the method is given, if the method is not S256, or if the challenge is not base64url of 32 bytes.
    pub(crate) fn parse(challenge: Option<&str>, method: Option<&str>) -> Result<Option<Self>, PkceError> {
        let challenge = match (challenge, method) {
            (None, None) => return Ok(None),
            (None, Some(_)) => return Err(PkceError::ChallengeMissing),
            (Some(challenge), Some("S256")) => challenge,
            (Some(_), None | Some("plain")) => return Err(PkceError::Plain),
            (Some(_), Some(other)) => return Err(PkceError::UnknownMethod { method: other.to_owned() }),
        };
        match URL_SAFE_NO_PAD.decode(challenge) {
            Ok(hash) if hash.len() == 32 => Ok(Some(Self(challenge.to_owned()))),
            _ => Err(PkceError::MalformedChallenge),
        }
    }

    /// The challenge of this verifier.
    pub(crate) fn of(verifier: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes())))
    }

    /// The value of `code_challenge`.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks the `code_verifier` of a token request (RFC 7636 4.1 and 4.6).
    ///
    /// # Errors
    /// If it is missing, malformed, or not the one that the challenge was made from.
    pub(crate) fn verify(&self, verifier: Option<&str>) -> Result<(), PkceError> {
        let verifier = verifier.ok_or(PkceError::VerifierMissing)?;
        let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        if !(43..=128).contains(&verifier.len()) || !verifier.chars().all(unreserved) {
            return Err(PkceError::MalformedVerifier);
        }
        if Self::of(verifier) == *self { Ok(()) } else { Err(PkceError::VerifierMismatch) }
    }
}

/// What is wrong with a challenge or verifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PkceError {
    /// `code_challenge_method` without `code_challenge`.
    #[error("code_challenge is missing")]
    ChallengeMissing,
    /// Method `plain`, which is also the default.
    #[error("code_challenge_method must be S256; `plain` and a missing method are refused")]
    Plain,
    /// Any other method.
    #[error("code_challenge_method `{method}` is unknown; use S256")]
    UnknownMethod {
        /// The method as sent.
        method: String,
    },
    /// Not base64url of a SHA-256.
    #[error("code_challenge is not the base64url form of a SHA-256")]
    MalformedChallenge,
    /// The token request has no verifier.
    #[error("code_verifier is missing")]
    VerifierMissing,
    /// Not 43 to 128 unreserved characters.
    #[error("code_verifier is not made of 43 to 128 unreserved characters")]
    MalformedVerifier,
    /// Not the verifier that the challenge was made from.
    #[error("code_verifier does not match code_challenge")]
    VerifierMismatch,
}
