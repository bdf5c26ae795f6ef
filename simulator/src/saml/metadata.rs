//! The `EntityDescriptor` of an IdP and of an SP. Source: saml-metadata 2.3.2, 2.4.1 to 2.4.4 and 3.

use jiff::Timestamp;
use strum::IntoEnumIterator as _;
use vestibule_certs::SigningKey;
use vestibule_model::{ContentEncryption, KeyTransport};

use super::canonical::{Element, IllegalCharacter, date_time};
use super::names::{BINDING_POST, BINDING_REDIRECT, BINDING_SOAP, PROTOCOL_NS, name_id_format};
use super::sign::{SigningError, key_info, sign_first};

/// The metadata of an IdP.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct IdpMetadata {
    /// Entity id.
    pub(crate) entity_id: String,
    /// Single sign-on URL, HTTP-Redirect and HTTP-POST.
    pub(crate) sso_url: String,
    /// Single logout URL, HTTP-Redirect and HTTP-POST.
    pub(crate) logout_url: Option<String>,
    /// Where artifacts are resolved, by SOAP.
    pub(crate) artifact_url: Option<String>,
    /// Formats of names, besides `unspecified`.
    pub(crate) name_id_formats: &'static [&'static str],
    /// Signing certificates, DER: more than one while keys roll over.
    pub(crate) certificates: Vec<Vec<u8>>,
    /// `WantAuthnRequestsSigned`.
    pub(crate) want_authn_requests_signed: bool,
    /// `validUntil`.
    pub(crate) valid_until: Option<Timestamp>,
    /// `cacheDuration`, in seconds.
    pub(crate) cache_for: Option<u32>,
}

impl IdpMetadata {
    /// The `EntityDescriptor` with an `IDPSSODescriptor`.
    ///
    /// # Errors
    ///
    /// If a value has a character that XML cannot carry.
    pub(crate) fn to_xml(&self) -> Result<String, IllegalCharacter> {
        self.element().canonical()
    }

    /// The same with this `ID`, signed.
    ///
    /// # Errors
    ///
    /// If a value has a character that XML cannot carry, or the key cannot sign.
    pub(crate) fn to_signed_xml(&self, id: &str, key: &SigningKey) -> Result<String, SigningError> {
        let mut element = self.element().attribute("ID", id);
        sign_first(&mut element, id, key)?;
        Ok(element.canonical()?)
    }

    fn element(&self) -> Element {
        let artifact = self.artifact_url.as_ref().map(|url| {
            let service = Element::md("ArtifactResolutionService").attribute("Binding", BINDING_SOAP);
            service.attribute("Location", url).attribute("index", "0").attribute("isDefault", "true")
        });
        let logout = self.logout_url.iter().flat_map(|url| services("SingleLogoutService", url));
        let formats = std::iter::once(&name_id_format::UNSPECIFIED).chain(self.name_id_formats);
        let descriptor = Element::md("IDPSSODescriptor")
            .attribute("protocolSupportEnumeration", PROTOCOL_NS)
            .attribute("WantAuthnRequestsSigned", boolean(self.want_authn_requests_signed))
            .children(key_descriptors(&self.certificates))
            .children(artifact)
            .children(logout)
            .children(formats.map(|format| Element::md("NameIDFormat").text(*format)))
            .children(services("SingleSignOnService", &self.sso_url));
        entity(&self.entity_id, descriptor)
            .optional("validUntil", self.valid_until.map(date_time))
            .optional("cacheDuration", self.cache_for.map(|seconds| format!("PT{seconds}S")))
    }
}

/// A service at one address by HTTP-Redirect and HTTP-POST.
fn services(name: &'static str, url: &str) -> [Element; 2] {
    [BINDING_REDIRECT, BINDING_POST]
        .map(|binding| Element::md(name).attribute("Binding", binding).attribute("Location", url))
}

/// The metadata of an SP.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SpMetadata {
    /// Entity id.
    pub(crate) entity_id: String,
    /// Assertion consumer service, HTTP-POST.
    pub(crate) acs_url: String,
    /// Single logout service, HTTP-Redirect.
    pub(crate) logout_url: Option<String>,
    /// Signing certificates, DER: more than one while keys roll over. With any, `AuthnRequestsSigned` is true.
    pub(crate) certificates: Vec<Vec<u8>>,
    /// The certificate to encrypt for, DER.
    pub(crate) encryption_certificate: Option<Vec<u8>>,
}

impl SpMetadata {
    /// The `EntityDescriptor` with an `SPSSODescriptor`.
    ///
    /// # Errors
    ///
    /// If a value has a character that XML cannot carry.
    pub(crate) fn to_xml(&self) -> Result<String, IllegalCharacter> {
        let service = Element::md("AssertionConsumerService")
            .attribute("Binding", BINDING_POST)
            .attribute("Location", &self.acs_url)
            .attribute("index", "0")
            .attribute("isDefault", "true");
        let logout = self.logout_url.as_ref().map(|url| {
            Element::md("SingleLogoutService").attribute("Binding", BINDING_REDIRECT).attribute("Location", url)
        });
        let descriptor = Element::md("SPSSODescriptor")
            .attribute("protocolSupportEnumeration", PROTOCOL_NS)
            .attribute("AuthnRequestsSigned", boolean(!self.certificates.is_empty()))
            .children(key_descriptors(&self.certificates))
            .children(self.encryption_certificate.as_deref().map(encryption_key))
            .children(logout)
            .child(Element::md("NameIDFormat").text(name_id_format::UNSPECIFIED))
            .child(service);
        entity(&self.entity_id, descriptor).canonical()
    }
}

fn entity(entity_id: &str, descriptor: Element) -> Element {
    Element::md("EntityDescriptor").attribute("entityID", entity_id).child(descriptor)
}

fn key_descriptors(certificates: &[Vec<u8>]) -> impl Iterator<Item = Element> {
    certificates
        .iter()
        .map(|certificate| Element::md("KeyDescriptor").attribute("use", "signing").child(key_info(certificate)))
}

/// A key that decrypts, with every algorithm that is understood.
fn encryption_key(certificate: &[u8]) -> Element {
    let algorithms =
        ContentEncryption::iter().map(ContentEncryption::uri).chain(KeyTransport::iter().map(KeyTransport::uri));
    Element::md("KeyDescriptor")
        .attribute("use", "encryption")
        .child(key_info(certificate))
        .children(algorithms.map(|uri| Element::md("EncryptionMethod").attribute("Algorithm", uri)))
}

fn boolean(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
