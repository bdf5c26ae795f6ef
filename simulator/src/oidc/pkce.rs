//! Proof Key for Code Exchange.
//!
//! Source: RFC 7636. `plain` is refused, and so is a request that leaves the method out, since that means `plain`
//! (4.3), unless the OP is set up to accept it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::sha::sha256;

/// A code challenge (RFC 7636 4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeChallenge {
    value: String,
    method: Method,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    S256,
    Plain,
}

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
            Ok(hash) if hash.len() == 32 => Ok(Some(Self { value: challenge.to_owned(), method: Method::S256 })),
            _ => Err(PkceError::MalformedChallenge),
        }
    }

    /// The same, where the method `plain` is accepted too.
    ///
    /// # Errors
    /// As for [`CodeChallenge::parse`], or if a plain challenge is not a verifier.
    pub(crate) fn parse_with_plain(challenge: Option<&str>, method: Option<&str>) -> Result<Option<Self>, PkceError> {
        match (challenge, method) {
            (Some(challenge), None | Some("plain")) if is_verifier(challenge) => {
                Ok(Some(Self { value: challenge.to_owned(), method: Method::Plain }))
            }
            (Some(_), None | Some("plain")) => Err(PkceError::MalformedPlainChallenge),
            _ => Self::parse(challenge, method),
        }
    }

    /// The challenge of this verifier, by S256.
    pub(crate) fn of(verifier: &str) -> Self {
        Self { value: URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes())), method: Method::S256 }
    }

    /// The value of `code_challenge`.
    pub(crate) fn as_str(&self) -> &str {
        &self.value
    }

    /// The value of `code_challenge_method`.
    pub(crate) fn method(&self) -> &'static str {
        match self.method {
            Method::S256 => "S256",
            Method::Plain => "plain",
        }
    }

    /// Checks the `code_verifier` of a token request (RFC 7636 4.1 and 4.6).
    ///
    /// # Errors
    /// If it is missing, malformed, or not the one that the challenge was made from.
    pub(crate) fn verify(&self, verifier: Option<&str>) -> Result<(), PkceError> {
        let verifier = verifier.ok_or(PkceError::VerifierMissing)?;
        if !is_verifier(verifier) {
            return Err(PkceError::MalformedVerifier);
        }
        let same = match self.method {
            Method::S256 => Self::of(verifier) == *self,
            Method::Plain => verifier == self.value,
        };
        if same { Ok(()) } else { Err(PkceError::VerifierMismatch) }
    }
}

/// 43 to 128 unreserved characters (RFC 7636 4.1).
fn is_verifier(text: &str) -> bool {
    let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    (43..=128).contains(&text.len()) && text.chars().all(unreserved)
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
    /// By `plain`, but not a verifier.
    #[error("code_challenge is not made of 43 to 128 unreserved characters")]
    MalformedPlainChallenge,
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
