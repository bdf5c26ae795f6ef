//! Why an IdP refuses an `AuthnRequest`, in words and in the status codes of the protocol.

use jiff::Timestamp;

use super::names::status;
use super::response_spec::Status;
use super::signature::SignatureFault;
use super::structure_fault::StructureFault;
use crate::xml::XmlRejection;

/// Why an `AuthnRequest` was refused. The text of each variant is one sentence for an error page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RequestRejection {
    /// No `SAMLRequest` parameter.
    #[error("there is no SAMLRequest parameter")]
    Missing,
    /// A parameter that must be unique was sent twice.
    #[error("the parameter {0} was sent more than once")]
    DuplicateParameter(&'static str),
    /// Not base64.
    #[error("the SAMLRequest is not base64")]
    NotBase64,
    /// Not a DEFLATE stream (RFC 1951).
    #[error("the SAMLRequest is not a DEFLATE stream")]
    NotDeflated,
    /// Not XML that is safe to read.
    #[error(transparent)]
    Xml(#[from] XmlRejection),
    /// The root is not an `AuthnRequest`.
    #[error("the message is a {found}, not an AuthnRequest")]
    UnexpectedRoot {
        /// Local name of the root.
        found: String,
    },
    /// Its elements stand where a forged message would have them.
    #[error("the AuthnRequest is malformed: {0}")]
    Structure(#[from] StructureFault),
    /// A required attribute or element is missing or empty.
    #[error("the AuthnRequest has no {0}")]
    MissingPart(&'static str),
    /// `Version` is not 2.0.
    #[error("the AuthnRequest has version {found}, not 2.0")]
    WrongVersion {
        /// The version found.
        found: String,
    },
    /// A value that cannot be read.
    #[error("the {part} of the AuthnRequest cannot be read: `{found}`")]
    Unreadable {
        /// Attribute or element.
        part: &'static str,
        /// What was found.
        found: String,
    },
    /// `Destination` names another endpoint.
    #[error("the AuthnRequest is addressed to {found}, not to {expected}")]
    WrongDestination {
        /// Destination found.
        found: String,
        /// The endpoint that received it.
        expected: String,
    },
    /// No SP with this entity id is known.
    #[error("no service provider with the entity id {issuer} is known")]
    UnknownServiceProvider {
        /// Issuer found.
        issuer: String,
    },
    /// `AssertionConsumerServiceURL` is not one of the SP's.
    #[error("{found} is not an assertion consumer service of {issuer}")]
    ForeignAcsUrl {
        /// ACS URL found.
        found: String,
        /// Entity id of the SP.
        issuer: String,
    },
    /// The SP is not registered, and its ACS is not on this machine.
    #[error("{issuer} is not registered, and {found} is not on this machine: nothing is sent there")]
    AcsOnAnotherMachine {
        /// ACS URL found.
        found: String,
        /// Entity id of the SP.
        issuer: String,
    },
    /// The metadata of the SP is out of date.
    #[error("the metadata of {issuer} was valid until {valid_until}: import it again")]
    MetadataExpired {
        /// Entity id of the SP.
        issuer: String,
        /// `validUntil`.
        valid_until: Timestamp,
    },
    /// The `Subject` has something besides a name that can be read.
    #[error("the Subject of the AuthnRequest has not just a NameID: {found}")]
    UnsupportedSubject {
        /// What was found.
        found: String,
    },
    /// `ProtocolBinding`, or the ACS that the request chooses, asks for a binding other than HTTP-POST and HTTP-Artifact.
    #[error("the response cannot be sent by the binding {found}")]
    UnsupportedBinding {
        /// Binding found.
        found: String,
    },
    /// The request is not signed, and the IdP wants it signed.
    #[error(
        "the AuthnRequest is not signed, but the identity provider wants signed requests (WantAuthnRequestsSigned)"
    )]
    UnsignedThoughWanted,
    /// The request is not signed, and the SP says that it signs.
    #[error("the AuthnRequest is not signed, but the service provider signs its requests (AuthnRequestsSigned)")]
    UnsignedThoughPromised,
    /// By HTTP-Redirect, a signature inside the message (saml-bindings 3.4.4.1).
    #[error("the AuthnRequest has a signature inside, but by HTTP-Redirect it is signed in the query")]
    SignatureInMessage,
    /// The request is signed, but no certificate of the SP is configured.
    #[error("the AuthnRequest is signed, but no certificate of the service provider is configured to verify it")]
    NoCertificate,
    /// A certificate of the SP that is configured is not one.
    #[error("a certificate that is configured for the service provider is not an X.509 certificate")]
    CertificateUnreadable,
    /// The signature of a Redirect URL uses an algorithm that is not allowed.
    #[error("the signature algorithm {found} is not allowed")]
    WeakAlgorithm {
        /// `SigAlg` found.
        found: String,
    },
    /// The signature element cannot be trusted.
    #[error("the signature of the AuthnRequest is malformed: {0}")]
    MalformedSignature(#[from] SignatureFault),
    /// The signature verifies, but the certificate of the SP has expired.
    #[error("the certificate of the service provider, which verifies the signature of the AuthnRequest, has expired")]
    CertificateExpired,
    /// The signature does not verify.
    #[error("the signature of the AuthnRequest does not verify against the service provider's certificate")]
    SignatureInvalid,
}

impl RequestRejection {
    /// The status to answer with, if an answer can be sent at all.
    ///
    /// Source: saml-core 3.2.2.2 and 4.1 (versions).
    pub(crate) fn status(&self) -> Status {
        let (code, sub_code) = match self {
            Self::WrongVersion { found } => {
                let low = found.starts_with("1.") || found.starts_with("0.");
                let sub = if low { status::REQUEST_VERSION_TOO_LOW } else { status::REQUEST_VERSION_TOO_HIGH };
                (status::VERSION_MISMATCH, Some(sub))
            }
            Self::UnexpectedRoot { .. } | Self::UnsupportedSubject { .. } => {
                (status::REQUESTER, Some(status::REQUEST_UNSUPPORTED))
            }
            Self::UnsupportedBinding { .. } => (status::REQUESTER, Some(status::UNSUPPORTED_BINDING)),
            Self::WrongDestination { .. }
            | Self::UnknownServiceProvider { .. }
            | Self::ForeignAcsUrl { .. }
            | Self::AcsOnAnotherMachine { .. }
            | Self::MetadataExpired { .. }
            | Self::UnsignedThoughWanted
            | Self::UnsignedThoughPromised
            | Self::SignatureInMessage
            | Self::NoCertificate
            | Self::CertificateUnreadable
            | Self::WeakAlgorithm { .. }
            | Self::MalformedSignature(_)
            | Self::CertificateExpired
            | Self::SignatureInvalid => (status::REQUESTER, Some(status::REQUEST_DENIED)),
            _ => (status::REQUESTER, None),
        };
        Status { code: code.to_owned(), sub_code: sub_code.map(str::to_owned), message: Some(self.to_string()) }
    }
}
