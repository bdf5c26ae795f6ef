//! The `Response` as XML.
//!
//! Source: saml-core 3.2.2, saml-profiles 4.1.4.2.

use super::assertion;
use super::canonical::{Element, date_time};
use super::encryption::{Encryption, EncryptionError};
use super::response_spec::{Attribute, ResponseSpec, Status};

impl ResponseSpec {
    /// The `Response` around an assertion that may be signed already.
    pub(super) fn element(&self, assertion: Option<Element>) -> Element {
        Element::samlp("Response")
            .attribute("ID", &self.response_id)
            .attribute("Version", "2.0")
            .attribute("IssueInstant", date_time(self.issue_instant))
            .optional("Destination", self.destination.as_deref())
            .optional("InResponseTo", self.in_response_to.as_deref())
            .child(Element::saml("Issuer").text(&self.issuer))
            .children(self.extension.as_ref().map(extensions))
            .child(status_element(&self.status))
            .children(assertion)
    }

    /// The unsigned `Assertion` with its `ID`.
    pub(super) fn assertion_element(
        &self,
        encryption: Option<&mut Encryption<'_>>,
    ) -> Result<Option<(&str, Element)>, EncryptionError> {
        let Some(spec) = &self.assertion else { return Ok(None) };
        Ok(Some((spec.assertion_id.as_str(), assertion::element(self, spec, encryption)?)))
    }
}

/// Any element of another namespace may be in it (saml-core 3.2.2).
fn extensions(attribute: &Attribute) -> Element {
    Element::samlp("Extensions").child(Element::saml("AttributeStatement").child(assertion::attribute(attribute)))
}

/// The `Status` of any answer.
pub(super) fn status_element(status: &Status) -> Element {
    let sub_code = status.sub_code.as_deref().map(|code| Element::samlp("StatusCode").attribute("Value", code));
    let message = status.message.as_deref().map(|message| Element::samlp("StatusMessage").text(message));
    Element::samlp("Status")
        .child(Element::samlp("StatusCode").attribute("Value", &status.code).children(sub_code))
        .children(message)
}
