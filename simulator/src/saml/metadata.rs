//! `EntityDescriptor`s of an IdP and of an SP. Source: saml-metadata 2.3.2, 2.4.3 and 2.4.4.

use super::canonical::{Element, IllegalCharacter};
use super::names::{BINDING_POST, BINDING_REDIRECT, PROTOCOL_NS, name_id_format};
use super::sign::key_info;

/// What the metadata of an IdP says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdpMetadata {
    /// Entity id.
    pub entity_id: String,
    /// Single sign-on URL, HTTP-Redirect and HTTP-POST.
    pub sso_url: String,
    /// Signing certificates, DER: more than one while keys roll over.
    pub certificates: Vec<Vec<u8>>,
    /// `WantAuthnRequestsSigned`.
    pub want_authn_requests_signed: bool,
}

/// What the metadata of an SP says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpMetadata {
    /// Entity id.
    pub entity_id: String,
    /// Assertion consumer services, HTTP-POST; the first is the default.
    pub acs_urls: Vec<String>,
    /// Certificates that its requests are signed with, DER.
    pub certificates: Vec<Vec<u8>>,
    /// `WantAssertionsSigned`.
    pub want_assertions_signed: bool,
}

impl IdpMetadata {
    /// The `EntityDescriptor` with an `IDPSSODescriptor`.
    ///
    /// # Errors
    ///
    /// A value holds a character that XML cannot carry.
    pub fn to_xml(&self) -> Result<String, IllegalCharacter> {
        let services = [BINDING_REDIRECT, BINDING_POST].map(|binding| {
            Element::md("SingleSignOnService").attribute("Binding", binding).attribute("Location", &self.sso_url)
        });
        let descriptor = Element::md("IDPSSODescriptor")
            .attribute("protocolSupportEnumeration", PROTOCOL_NS)
            .attribute("WantAuthnRequestsSigned", boolean(self.want_authn_requests_signed))
            .children(key_descriptors(&self.certificates))
            .child(Element::md("NameIDFormat").text(name_id_format::UNSPECIFIED))
            .children(services);
        entity(&self.entity_id, descriptor).canonical()
    }
}

impl SpMetadata {
    /// The `EntityDescriptor` with an `SPSSODescriptor`.
    ///
    /// # Errors
    ///
    /// A value holds a character that XML cannot carry.
    pub fn to_xml(&self) -> Result<String, IllegalCharacter> {
        let services = self.acs_urls.iter().enumerate().map(|(index, url)| {
            Element::md("AssertionConsumerService")
                .attribute("Binding", BINDING_POST)
                .attribute("Location", url)
                .attribute("index", index.to_string())
                .optional("isDefault", (index == 0).then_some("true"))
        });
        let descriptor = Element::md("SPSSODescriptor")
            .attribute("protocolSupportEnumeration", PROTOCOL_NS)
            .attribute("AuthnRequestsSigned", boolean(!self.certificates.is_empty()))
            .attribute("WantAssertionsSigned", boolean(self.want_assertions_signed))
            .children(key_descriptors(&self.certificates))
            .child(Element::md("NameIDFormat").text(name_id_format::UNSPECIFIED))
            .children(services);
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

fn boolean(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
