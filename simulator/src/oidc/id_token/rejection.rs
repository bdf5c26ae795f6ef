//! Why an ID token is refused, one variant per reason.

/// Why an ID token is refused. Each text is one sentence without a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IdTokenRejection {
    /// Longer than any real ID token.
    #[error("the ID token is longer than 64 KiB")]
    TooLarge,
    /// Not three parts of base64url around JSON (RFC 7515 3.1). An encrypted token has five.
    #[error("the ID token is not a signed JWT in compact form")]
    NotACompactJws,
    /// `alg` is `none`, in upper or lower case (RFC 8725 3.2).
    #[error("the ID token is not signed: its alg is `{alg}`")]
    AlgNone {
        /// The algorithm as written.
        alg: String,
    },
    /// A MAC: anybody could use the published public key as its secret (RFC 8725 2.1).
    #[error("the ID token uses the symmetric algorithm `{alg}`, but the published keys are not secret")]
    AlgSymmetric {
        /// The algorithm as written.
        alg: String,
    },
    /// Any other algorithm than RS256 and ES256.
    #[error("the ID token is signed with `{alg}`; only RS256 and ES256 are accepted")]
    AlgNotAccepted {
        /// The algorithm as written.
        alg: String,
    },
    /// `crit` names extensions, and none is supported here (RFC 7515 4.1.11).
    #[error("the ID token's header has crit, but no critical extension is supported")]
    CriticalHeader,
    /// `typ` says that this is another kind of JWT (RFC 8725 3.11).
    #[error("the token has the type `{typ}`, so it is not an ID token")]
    OtherType {
        /// The type as written.
        typ: String,
    },
    /// No `kid`, and several keys (OpenID Connect Core 10.1).
    #[error("the ID token names no key, but the issuer publishes several")]
    KidMissing,
    /// No key with this `kid`.
    #[error("the issuer publishes no key `{kid}`")]
    KidUnknown {
        /// The key id as written.
        kid: String,
    },
    /// The key with this `kid` is made for another algorithm or use.
    #[error("the issuer's key is not for `{alg}` signatures")]
    KeyUnfit {
        /// The algorithm of the token.
        alg: String,
    },
    /// The signature does not match the token and the key.
    #[error("the ID token's signature is not valid")]
    Signature,
    /// The payload is not a JSON object, or repeats a claim.
    #[error("the ID token's claims cannot be read: {reason}")]
    Payload {
        /// What the JSON reader said.
        reason: String,
    },
    /// A required claim is missing.
    #[error("the ID token has no `{claim}`")]
    ClaimMissing {
        /// Its name.
        claim: &'static str,
    },
    /// A claim does not have the type that the specification requires.
    #[error("the ID token's `{claim}` is not {expected}")]
    ClaimMalformed {
        /// Its name.
        claim: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// Another issuer.
    #[error("the ID token was issued by `{actual}`, not by `{expected}`")]
    Issuer {
        /// The issuer that is trusted.
        expected: String,
        /// The issuer as written.
        actual: String,
    },
    /// Another audience.
    #[error("the ID token is meant for {actual:?}, not for `{expected}`")]
    Audience {
        /// The client id.
        expected: String,
        /// The audience as written.
        actual: Vec<String>,
    },
    /// Further audiences, none of which the client trusts (OpenID Connect Core 3.1.3.7, 3).
    #[error("the ID token is meant for {others:?} as well, whom the org does not trust")]
    OtherAudience {
        /// The further audiences as written.
        others: Vec<String>,
    },
    /// Another authorized party (OpenID Connect Core 3.1.3.7, 5).
    #[error("the ID token was issued to `{actual}`, not to `{expected}`")]
    Azp {
        /// The client id.
        expected: String,
        /// The authorized party as written.
        actual: String,
    },
    /// The request had a nonce and the token has none.
    #[error("the ID token has no nonce, though the request had one")]
    NonceMissing,
    /// The nonce of another request, or one that nobody sent.
    #[error("the ID token carries a nonce that the request did not have, so it may be replayed")]
    NonceMismatch,
    /// `exp` has passed.
    #[error("the ID token expired {seconds} seconds ago")]
    Expired {
        /// How long ago, without leeway.
        seconds: i64,
    },
    /// `nbf` is in the future.
    #[error("the ID token becomes valid in {seconds} seconds")]
    NotYetValid {
        /// How far ahead, without leeway.
        seconds: i64,
    },
    /// `iat` is in the future.
    #[error("the ID token was issued {seconds} seconds in the future")]
    IssuedInTheFuture {
        /// How far ahead, without leeway.
        seconds: i64,
    },
    /// `auth_time` lies ahead.
    #[error("the user signed in {seconds} seconds in the future")]
    SignedInInTheFuture {
        /// How far ahead, without leeway.
        seconds: i64,
    },
    /// `at_hash` is that of another access token (OpenID Connect Core 3.1.3.8).
    #[error("the ID token's at_hash is not that of the access token that came with it")]
    AtHashMismatch,
    /// The request had `max_age` and the token does not say when the user signed in (OpenID Connect Core 3.1.3.7, 13).
    #[error("the ID token has no auth_time, though the request had max_age")]
    AuthTimeMissing,
    /// The user signed in longer ago than `max_age` allows (OpenID Connect Core 3.1.3.7, 13).
    #[error("the user signed in {seconds} seconds ago, but the request's max_age is {max_age}")]
    SignedInTooLongAgo {
        /// How long ago, without leeway.
        seconds: i64,
        /// The limit of the request.
        max_age: u64,
    },
}
