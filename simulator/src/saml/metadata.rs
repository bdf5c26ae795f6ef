//! The `EntityDescriptor` of an IdP and of an SP. Source: saml-metadata 2.3.2, 2.4.3 and 2.4.4.

use super::canonical::{Element, IllegalCharacter};
use super::names::{BINDING_POST, BINDING_REDIRECT, PROTOCOL_NS, name_id_format};
use super::sign::key_info;

/// The metadata of an IdP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdpMetadata {
    /// Entity id.
    pub(crate) entity_id: String,
    /// Single sign-on URL, HTTP-Redirect and HTTP-POST.
    pub(crate) sso_url: String,
    /// Signing certificates, DER: more than one while keys roll over.
    pub(crate) certificates: Vec<Vec<u8>>,
    /// `WantAuthnRequestsSigned`.
    pub(crate) want_authn_requests_signed: bool,
}

impl IdpMetadata {
    /// The `EntityDescriptor` with an `IDPSSODescriptor`.
    ///
    /// # Errors
    ///
    /// If a value has a character that XML cannot carry.
    pub(crate) fn to_xml(&self) -> Result<String, IllegalCharacter> {
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

/// The metadata of an SP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpMetadata {
    /// Entity id.
    pub(crate) entity_id: String,
    /// Assertion consumer service, HTTP-POST.
    pub(crate) acs_url: String,
    /// Single logout service, HTTP-Redirect.
    pub(crate) logout_url: Option<String>,
    /// Signing certificates, DER: more than one while keys roll over. With any, `AuthnRequestsSigned` is true.
    pub(crate) certificates: Vec<Vec<u8>>,
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

fn boolean(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
