//! Why an org refuses a `Response`, in words and in the texts of Login History.

use jiff::Timestamp;

use super::encryption::DecryptionFault;
use super::signature::SignatureFault;
use super::structure_fault::StructureFault;
use crate::xml::XmlRejection;
use vestibule_model::{LoginStatus, blanks, quoted};

/// Why a `Response` was refused. The text of each variant is one sentence; it names no user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ResponseRejection {
    /// A field of the form that must be unique was sent twice: two parties could read two messages.
    #[error("the field {0} was sent more than once")]
    RepeatedField(&'static str),
    /// The host that received the message is no assertion consumer service.
    #[error("the SAMLResponse was sent to {found}, which is no assertion consumer service")]
    SentElsewhere {
        /// Host that received it.
        found: String,
    },
    /// The ACS URL names another org.
    #[error("the SAMLResponse was sent to the organization {}, not to {expected}", shown(found))]
    OtherOrganization {
        /// The value of `so`.
        found: String,
        /// The 15-character id of the org.
        expected: String,
    },
    /// The ACS URL names another single sign-on setting.
    #[error("the SAMLResponse was sent to the single sign-on setting {}, not to {expected}", shown(found))]
    OtherSetting {
        /// The value of `sc`.
        found: String,
        /// The 15-character id of the setting of the issuer.
        expected: String,
    },
    /// Not base64 (saml-bindings 3.5.4).
    #[error("the SAMLResponse is not base64")]
    NotBase64,
    /// Not XML that is safe to read.
    #[error(transparent)]
    Xml(#[from] XmlRejection),
    /// Its elements are where a forged message would have them.
    #[error("the Response is malformed: {0}")]
    Structure(#[from] StructureFault),
    /// A part that is encrypted cannot be read.
    #[error("the assertion cannot be decrypted: {0}")]
    Decryption(#[from] DecryptionFault),
    /// Neither the `Response` nor the `Assertion` is signed.
    #[error("neither the Response nor the Assertion is signed")]
    Unsigned,
    /// A signature cannot be trusted.
    #[error("the signature is malformed: {0}")]
    MalformedSignature(#[from] SignatureFault),
    /// No certificate of the IdP is configured, so nothing can be trusted.
    #[error("no certificate of the identity provider is configured")]
    NoTrustedCertificate,
    /// The signature does not verify: the message was changed, or signed with another key.
    #[error("the signature does not verify against the configured certificate")]
    SignatureInvalid,
    /// The signature does not verify, and the certificate in `KeyInfo` is not the configured one.
    #[error("the signature does not verify, and its certificate is not the configured one")]
    CertificateMismatch,
    /// The configured certificate has expired.
    #[error("the configured certificate has expired")]
    CertificateExpired,
    /// What was signed is not the element that the message shows.
    #[error("the signed element is not the one that the message shows")]
    SignedElsewhere,
    /// `Version` is not 2.0.
    #[error("the {part} has version {found}, not 2.0")]
    WrongVersion {
        /// `Response` or `Assertion`.
        part: &'static str,
        /// Version found.
        found: String,
    },
    /// The IdP answers with an error.
    #[error("the identity provider answers with status {code} ({})", sub_code.as_deref().unwrap_or("no sub-code"))]
    StatusNotSuccess {
        /// Status code.
        code: String,
        /// Second-level status code.
        sub_code: Option<String>,
    },
    /// A required attribute or element is missing or empty.
    #[error("the {part} has no {missing}")]
    MissingPart {
        /// Where it is missing.
        part: &'static str,
        /// What is missing.
        missing: &'static str,
    },
    /// An element that may be there once is there again.
    #[error("the {part} has more than one {repeated}")]
    Repeated {
        /// Where it is repeated.
        part: &'static str,
        /// What is repeated.
        repeated: &'static str,
    },
    /// Elements where only text may stand: parsers disagree about the text around them.
    #[error("the {0} holds an element where only text may stand")]
    NotText(&'static str),
    /// `Issuer` is a name of another kind than that of an entity (saml-profiles 4.1.4.2).
    #[error("the Issuer of the {part} has the format {}, which is not that of an entity", shown(found))]
    IssuerFormat {
        /// `Response` or `Assertion`.
        part: &'static str,
        /// `Format` found.
        found: String,
    },
    /// A value that cannot be read.
    #[error("the {part} cannot be read: `{found}`")]
    Unreadable {
        /// Attribute or element.
        part: &'static str,
        /// What was found.
        found: String,
    },
    /// An issuer other than the configured one.
    #[error("the {part} was issued by {}, not by {expected}", shown(found))]
    IssuerMismatched {
        /// `Response` or `Assertion`.
        part: &'static str,
        /// Issuer found.
        found: String,
        /// Configured entity id.
        expected: String,
    },
    /// `Destination` is missing or names another endpoint.
    #[error("the Response is addressed to {}, not to {expected}", shown(found))]
    WrongDestination {
        /// Destination found.
        found: String,
        /// The ACS that received it.
        expected: String,
    },
    /// The assertion confirms another answer than the `Response` around it claims to be.
    #[error(
        "InResponseTo is {} in the Response and {} in the SubjectConfirmationData",
        response.as_deref().unwrap_or("missing"),
        confirmation.as_deref().unwrap_or("missing")
    )]
    InResponseToDiffers {
        /// Value in the `Response`.
        response: Option<String>,
        /// Value in the `SubjectConfirmationData`.
        confirmation: Option<String>,
    },
    /// `InResponseTo` names no request that this browser sent and that waits for an answer. Found by the caller, who knows
    /// the requests.
    #[error("InResponseTo is {}, and this browser waits for no answer to such a request", shown(found))]
    InResponseToInvalid {
        /// Value found.
        found: String,
    },
    /// No bearer `SubjectConfirmation`.
    #[error("there is no bearer SubjectConfirmation")]
    NoBearerConfirmation,
    /// `SubjectConfirmationData` has a `NotBefore`, which the profile forbids, or lacks `NotOnOrAfter`.
    #[error("the bearer SubjectConfirmationData {0}")]
    SubjectConfirmation(&'static str),
    /// `Recipient` is missing or names another endpoint.
    #[error("the assertion is meant for the recipient {}, not for {expected}", shown(found))]
    RecipientMismatched {
        /// Recipient found.
        found: String,
        /// The ACS that received it.
        expected: String,
    },
    /// The validity is over.
    #[error("the {part} expired at {not_on_or_after}")]
    Expired {
        /// The part with this validity.
        part: &'static str,
        /// End of the validity.
        not_on_or_after: Timestamp,
    },
    /// Made longer ago than an org waits for an answer, whatever the message says of its own validity.
    #[error("the {part} was issued at {issued_at}, which is longer ago than {longest} minutes")]
    TooOld {
        /// `Response` or `Assertion`.
        part: &'static str,
        /// `IssueInstant`.
        issued_at: Timestamp,
        /// The limit without the skew, minutes.
        longest: i64,
    },
    /// The validity has not begun.
    #[error("the {part} is not valid before {not_before}")]
    NotYetValid {
        /// The part with this validity.
        part: &'static str,
        /// Beginning of the validity.
        not_before: Timestamp,
    },
    /// The login at the IdP is older than allowed.
    #[error("the user signed in at {authn_instant}, which is longer ago than allowed")]
    AuthenticationTooOld {
        /// `AuthnInstant`.
        authn_instant: Timestamp,
    },
    /// The login is of none of the classes that the request asked for.
    #[error("the user signed in by [{}], and the request asked for [{}]", listed(found), listed(requested))]
    OtherContext {
        /// `AuthnContextClassRef`s found.
        found: Vec<String>,
        /// Those of the request.
        requested: Vec<String>,
    },
    /// No `AudienceRestriction`, or one that does not name this SP.
    #[error("the assertion is meant for the audience [{}], not for this service provider", listed(found))]
    AudienceInvalid {
        /// Audiences found.
        found: Vec<String>,
    },
    /// An unknown condition, which makes the assertion's validity indeterminate.
    #[error("the assertion has an unknown condition: {0}")]
    UnknownCondition(String),
    /// The assertion was used before. The caller, which keeps the replay cache, finds this.
    #[error("the assertion was used before")]
    Replayed,
}

impl ResponseRejection {
    /// The status of this refusal in Login History.
    ///
    /// The org finds a name that no user has ("Failed: Username Or SSO Id Invalid") after verification. It is inferred
    /// that a wrong `Destination` has the text of a wrong recipient, and a missing signature the text of a wrong one.
    ///
    /// Source: contract D2.1 to D2.6.
    pub(crate) fn login_history_status(&self) -> LoginStatus {
        match self {
            Self::Unsigned | Self::MalformedSignature(_) | Self::SignatureInvalid | Self::SignedElsewhere => {
                LoginStatus::SignatureInvalid
            }
            Self::CertificateMismatch | Self::CertificateExpired | Self::NoTrustedCertificate => {
                LoginStatus::CertificateMismatch
            }
            Self::Expired { .. }
            | Self::TooOld { .. }
            | Self::NotYetValid { .. }
            | Self::AuthenticationTooOld { .. } => LoginStatus::AssertionExpired,
            Self::AudienceInvalid { .. } => LoginStatus::AudienceInvalid,
            Self::RecipientMismatched { .. }
            | Self::WrongDestination { .. }
            | Self::SentElsewhere { .. }
            | Self::OtherSetting { .. } => LoginStatus::RecipientMismatched,
            Self::OtherOrganization { .. } => LoginStatus::InvalidOrganizationId,
            Self::IssuerMismatched { .. } | Self::IssuerFormat { .. } => LoginStatus::IssuerMismatched,
            Self::InResponseToDiffers { .. } | Self::InResponseToInvalid { .. } => LoginStatus::InResponseToInvalid,
            Self::StatusNotSuccess { .. } => LoginStatus::StatusInvalid,
            Self::NoBearerConfirmation | Self::SubjectConfirmation(_) => LoginStatus::SubjectConfirmationError,
            Self::Replayed => LoginStatus::ReplayDetected,
            Self::RepeatedField(_)
            | Self::NotBase64
            | Self::Xml(_)
            | Self::Structure(_)
            | Self::Decryption(_)
            | Self::WrongVersion { .. }
            | Self::MissingPart { .. }
            | Self::Repeated { .. }
            | Self::NotText(_)
            | Self::OtherContext { .. }
            | Self::Unreadable { .. }
            | Self::UnknownCondition(_) => LoginStatus::AssertionInvalid,
        }
    }
}

fn listed(values: &[String]) -> String {
    values.iter().map(|value| shown(value)).collect::<Vec<_>>().join(", ")
}

/// A value as it is, unless it has blanks at its edges, which are then named.
fn shown(value: &str) -> String {
    if blanks(value).is_some() { quoted(value) } else { value.to_owned() }
}
