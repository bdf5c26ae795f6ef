//! The names of the catalogue of wrong answers, and of the checks that a realm may leave out on purpose.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::IdpProtocol;
use crate::diagnostic::suggest;

/// The stable id of a case of the catalogue of wrong answers: `saml.sig.none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId(&'static str);

impl CaseId {
    /// An id as the catalogue writes it. To read one, parse it.
    pub const fn new(id: &'static str) -> Self {
        Self(id)
    }

    /// The id as text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// Whether the answers of this protocol can be wrong in this way.
    pub fn is_of(self, protocol: IdpProtocol) -> bool {
        let families: &[&str] = match protocol {
            IdpProtocol::Saml => &["saml.", "mfa.saml.", "mfa.class.", "flow.saml.", "flow.relaystate."],
            IdpProtocol::Oidc => &["oidc.", "jose.", "logout.", "mfa.oidc.", "flow.oidc."],
        };
        families.iter().any(|family| self.0.starts_with(family))
    }

    /// Every id of the catalogue, in alphabetical order.
    pub fn all() -> impl Iterator<Item = Self> {
        IDS.lines().map(Self)
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl FromStr for CaseId {
    type Err = UnknownCase;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::all()
            .find(|id| id.0 == text)
            .ok_or_else(|| UnknownCase { text: text.to_owned(), near: suggest(text, IDS.lines()) })
    }
}

impl JsonSchema for CaseId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AttackCase".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "An id of the catalogue of attacks: `saml.sig.none`.",
            "pattern": "^(saml|mfa|oidc|jose|logout|flow|wa|totp)\\.",
        })
    }
}

/// A text that is not an id of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a case of the catalogue{}", near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default())]
pub struct UnknownCase {
    /// What was read.
    pub text: String,
    /// The nearest id.
    pub near: Option<&'static str>,
}

/// One line per case. A test of the simulator compares it with the catalogue.
const IDS: &str = include_str!("attack_ids.txt");

/// One check that the org of a realm leaves out, so that a test sees what the check is for.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "weakness", rename_all = "kebab-case")]
#[schemars(rename = "Weakness")]
#[strum(serialize_all = "kebab-case")]
pub enum Weakness {
    /// SAML: a `Response` whose signatures are missing is read as if it were signed.
    AcceptUnsigned,
    /// SAML and OpenID Connect: a signature only has to be there.
    SkipSignature,
    /// SAML: a signature is verified with the certificate of its own `KeyInfo`.
    TrustKeyInfo,
    /// SAML: a signature by HMAC is verified with the public certificate as its secret.
    HmacWithCertificate,
    /// SAML: any signature that verifies vouches for the first assertion of the message.
    FirstAssertionWins,
    /// SAML: any signature that verifies vouches for the last assertion of the message.
    LastAssertionWins,
    /// SAML: of a name with a comment in it, only the text before the comment is read.
    CommentTruncatesNameid,
    /// SAML: spaces around a name, and look-alike letters in it, are changed before the user is found.
    NormaliseNameid,
    /// The issuer is not compared.
    SkipIssuer,
    /// The audience is not compared.
    SkipAudience,
    /// OpenID Connect: `azp` is not compared.
    SkipAuthorizedParty,
    /// SAML: `Recipient` is not compared.
    SkipRecipient,
    /// SAML: `Destination` is not compared.
    SkipDestination,
    /// SAML: `InResponseTo` is not compared, neither with the requests nor between its two places.
    SkipInResponseTo,
    /// SAML: the status is not read.
    SkipStatus,
    /// SAML: the method of the subject confirmation is not read.
    SkipConfirmationMethod,
    /// The end of the validity is not read.
    SkipExpiry,
    /// The beginning of the validity is not read.
    SkipNotBefore,
    /// The time of issue is not read.
    SkipIssueInstant,
    /// The time of the sign-in at the identity provider is not read.
    SkipAuthTime,
    /// An answer may be used again.
    SkipReplay,
    /// SAML: a logout ends the session of the browser that brings it, whomever it names.
    SkipLogoutSubject,
    /// OpenID Connect: a token whose `alg` is `none` is read as if it were signed.
    AcceptAlgNone,
    /// OpenID Connect: the algorithm is taken from the header, also a symmetric one, with the public key as its secret.
    AlgFromHeader,
    /// OpenID Connect: an HMAC with an empty secret passes.
    AcceptBlankSecret,
    /// OpenID Connect: a signature is verified with the key that the header contains.
    TrustEmbeddedKey,
    /// OpenID Connect: an empty signature passes.
    AcceptEmptySignature,
    /// OpenID Connect: a header with critical extensions that are not known passes.
    IgnoreCrit,
    /// OpenID Connect: any `typ` passes.
    IgnoreTyp,
    /// OpenID Connect: `nonce` is not compared.
    SkipNonce,
    /// OpenID Connect: `at_hash` is not compared.
    SkipAtHash,
    /// OpenID Connect: `state` is not compared with the browser that asked.
    SkipState,
    /// OpenID Connect: `iss` of the answer is not compared (RFC 9207).
    SkipIss,
    /// WebAuthn: the challenge is not compared.
    SkipChallenge,
    /// WebAuthn: the type of the ceremony is not compared.
    SkipCeremonyType,
    /// WebAuthn: the origin is not compared.
    SkipOrigin,
    /// WebAuthn: the hash of the RP ID is not compared.
    SkipRpId,
    /// WebAuthn: the flag of user presence is not read.
    SkipUserPresence,
    /// WebAuthn: the flag of user verification is not read.
    SkipUserVerification,
    /// WebAuthn: the signature counter is not compared.
    SkipCounter,
    /// WebAuthn: the user handle is not compared.
    SkipUserHandle,
}
