//! The HTTP-Artifact binding: a short name of a message goes through the browser, and its receiver asks for the message
//! itself, by SOAP.
//!
//! Source: saml-bindings 3.2 (SOAP) and 3.6 (HTTP-Artifact), saml-core 3.5.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use openssl::sha::sha1;
use url::form_urlencoded::byte_serialize;
use vestibule_certs::SigningKey;

use super::canonical::{Element, IllegalCharacter, date_time};
use super::names::{ASSERTION_NS, PROTOCOL_NS, SOAP_NS};
use super::receive::signed_text;
use super::request_rejection::RequestRejection;
use super::response::status_element;
use super::response_spec::Status;
use super::sign::{SignedResponse, SigningError, sign};
use super::trusted_certificate::TrustedCertificate;
use crate::xml::{self, Node, XmlRejection};

/// An artifact of type 0x0004: the identity provider, by the digest of its entity id, and the message, by its handle
/// (saml-bindings 3.6.4.2).
pub(crate) fn artifact(issuer: &str, message_handle: [u8; 20]) -> String {
    let type_code_and_endpoint_index = [0, 4, 0, 0];
    STANDARD.encode([&type_code_and_endpoint_index[..], &sha1(issuer.as_bytes()), &message_handle].concat())
}

/// The URL that carries an artifact (saml-bindings 3.6.3).
pub(crate) fn artifact_url(acs_url: &str, artifact: &str, relay_state: Option<&str>) -> String {
    let escaped = |value: &str| byte_serialize(value.as_bytes()).collect::<String>();
    let relay_state = relay_state.map(|state| format!("&RelayState={}", escaped(state))).unwrap_or_default();
    let separator = if acs_url.contains('?') { '&' } else { '?' };
    format!("{acs_url}{separator}SAMLart={}{relay_state}", escaped(artifact))
}

/// An `ArtifactResolve` that may be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ArtifactResolve {
    /// `ID`.
    pub(crate) id: String,
    /// `Issuer`: entity id of the service provider that asks.
    pub(crate) issuer: String,
    /// `Artifact`.
    pub(crate) artifact: String,
}

/// An `ArtifactResolve` as it arrived. Nothing in it is verified.
pub(crate) struct ReceivedResolve {
    xml: Vec<u8>,
    resolve: Node,
}

/// What the IdP knows when an `ArtifactResolve` arrives.
#[derive(Debug, Clone)]
pub(crate) struct ResolveSettings {
    /// The address that received it.
    pub(crate) artifact_url: String,
    /// The certificates of the service provider.
    pub(crate) trusted_certificates: Vec<TrustedCertificate>,
    /// Whether it must be signed.
    pub(crate) must_be_signed: bool,
}

/// Why a body is no `ArtifactResolve`. Each text is a sentence without a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ResolveFault {
    /// Not XML that is safe to read.
    #[error(transparent)]
    Xml(#[from] XmlRejection),
    /// Another document.
    #[error("it is not a SOAP 1.1 envelope whose body is one ArtifactResolve")]
    NotAnArtifactResolve,
    /// A part is missing.
    #[error("the ArtifactResolve has no {0}")]
    MissingPart(&'static str),
}

impl ReceivedResolve {
    /// Reads the body of a SOAP request.
    ///
    /// # Errors
    ///
    /// If it is no `ArtifactResolve`.
    pub(crate) fn read(body: &[u8]) -> Result<Self, ResolveFault> {
        let envelope = xml::parse(body, MAX_BYTES)?;
        if !envelope.is(SOAP_NS, "Envelope") {
            return Err(ResolveFault::NotAnArtifactResolve);
        }
        let mut bodies = envelope.all(SOAP_NS, "Body");
        match (bodies.next().map(|body| body.children.as_slice()), bodies.next()) {
            (Some([resolve]), None) if resolve.is(PROTOCOL_NS, "ArtifactResolve") => {
                Ok(Self { xml: body.to_vec(), resolve: resolve.clone() })
            }
            _ => Err(ResolveFault::NotAnArtifactResolve),
        }
    }

    /// Its `ID`, which an answer must name.
    ///
    /// # Errors
    ///
    /// If it has none.
    pub(crate) fn id(&self) -> Result<&str, ResolveFault> {
        attribute(&self.resolve, "ID")
    }

    /// The `Issuer` that it claims. Use it only to choose whose certificates verify it.
    ///
    /// # Errors
    ///
    /// If it names none.
    pub(crate) fn claimed_issuer(&self) -> Result<String, ResolveFault> {
        text(&self.resolve, ASSERTION_NS, "Issuer")
    }

    /// Checks the signature, then everything else on what was signed.
    ///
    /// # Errors
    ///
    /// The first reason why it is not answered.
    pub(crate) fn verify(self, settings: &ResolveSettings) -> Result<ArtifactResolve, RequestRejection> {
        let mut resolve = self.resolve;
        if !settings.trusted_certificates.is_empty() || settings.must_be_signed {
            match signed_text(&resolve, &self.xml, &settings.trusted_certificates)? {
                Some(signed) => {
                    let signed = xml::parse(signed.as_bytes(), MAX_BYTES)?;
                    if !signed.is(PROTOCOL_NS, "ArtifactResolve") || signed.attribute("ID") != resolve.attribute("ID") {
                        return Err(RequestRejection::SignatureInvalid);
                    }
                    resolve = signed;
                }
                None if settings.must_be_signed => return Err(RequestRejection::UnsignedThoughPromised),
                None => {}
            }
        }
        match resolve.attribute("Version") {
            Some("2.0") => {}
            found => return Err(RequestRejection::WrongVersion { found: found.unwrap_or("none").to_owned() }),
        }
        if let Some(found) = resolve.attribute("Destination").filter(|found| *found != settings.artifact_url) {
            let expected = settings.artifact_url.clone();
            return Err(RequestRejection::WrongDestination { found: found.to_owned(), expected });
        }
        let missing = |_| RequestRejection::MissingPart("ID, Issuer or Artifact");
        Ok(ArtifactResolve {
            id: attribute(&resolve, "ID").map_err(missing)?.to_owned(),
            issuer: text(&resolve, ASSERTION_NS, "Issuer").map_err(missing)?,
            artifact: text(&resolve, PROTOCOL_NS, "Artifact").map_err(missing)?,
        })
    }
}

/// The answer to an `ArtifactResolve`.
pub(crate) struct ArtifactResponse {
    /// `ID`.
    pub(crate) id: String,
    /// `IssueInstant`.
    pub(crate) issue_instant: Timestamp,
    /// `Issuer`: entity id of the IdP.
    pub(crate) issuer: String,
    /// `ID` of the `ArtifactResolve`.
    pub(crate) in_response_to: String,
    /// `Status`: success, too, if there is no message (saml-core 3.5.3).
    pub(crate) status: Status,
    /// The message, for who may have it.
    pub(crate) message: Option<SignedResponse>,
}

impl ArtifactResponse {
    /// The signed answer in a SOAP envelope.
    ///
    /// # Errors
    ///
    /// If a value has a character that XML cannot carry, or the key cannot sign.
    pub(crate) fn to_soap(&self, key: &SigningKey) -> Result<String, SigningError> {
        let mut element = Element::samlp("ArtifactResponse")
            .attribute("ID", &self.id)
            .attribute("Version", "2.0")
            .attribute("IssueInstant", date_time(self.issue_instant))
            .attribute("InResponseTo", &self.in_response_to)
            .child(Element::saml("Issuer").text(&self.issuer))
            .child(status_element(&self.status))
            .children(self.message.as_ref().map(|message| message.element.clone()));
        sign(&mut element, &self.id, key)?;
        Ok(envelope(element).canonical()?)
    }
}

/// A SOAP fault of the sender (SOAP 1.1, 4.4).
///
/// # Errors
///
/// If the text has a character that XML cannot carry.
pub(crate) fn soap_fault(why: &str) -> Result<String, IllegalCharacter> {
    // SOAP 1.1 gives the children of a fault no namespace, and its code the prefix of the envelope.
    let child = |name: &str, text: &str| Node {
        namespace: String::new(),
        name: name.to_owned(),
        attributes: Vec::new(),
        children: Vec::new(),
        text: text.to_owned(),
    };
    let fault = Element::soap("Fault").foreign(child("faultcode", "soap:Client")).foreign(child("faultstring", why));
    envelope(fault).canonical()
}

fn envelope(content: Element) -> Element {
    Element::soap("Envelope").child(Element::soap("Body").child(content))
}

fn attribute<'a>(node: &'a Node, name: &'static str) -> Result<&'a str, ResolveFault> {
    node.attribute(name).filter(|value| !value.is_empty()).ok_or(ResolveFault::MissingPart(name))
}

fn text(node: &Node, namespace: &'static str, name: &'static str) -> Result<String, ResolveFault> {
    let mut found = node.all(namespace, name);
    match (found.next(), found.next()) {
        (Some(only), None) if only.children.is_empty() && !only.text.trim().is_empty() => {
            Ok(only.text.trim().to_owned())
        }
        _ => Err(ResolveFault::MissingPart(name)),
    }
}

/// Far above any real request.
const MAX_BYTES: usize = 64 * 1024;
