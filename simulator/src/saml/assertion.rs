//! The `Assertion` as XML. Source: saml-core 2.3 to 2.7, saml-profiles 4.1.4.2.

use vestibule_model::EncryptedPart;

use super::canonical::{Element, date_time};
use super::encryption::{Encryption, EncryptionError};
use super::names::{BEARER, class_ref};
use super::response_spec::{Attribute, AuthnStatement, ResponseSpec, SubjectSpec};

/// The unsigned `Assertion` of a `Response`, with the name and the attributes encrypted if they are to be.
pub(super) fn element(
    response: &ResponseSpec,
    spec: &SubjectSpec,
    mut encryption: Option<&mut Encryption<'_>>,
) -> Result<Element, EncryptionError> {
    let mut seal = |part: EncryptedPart, plain: Element| match encryption.as_mut() {
        Some(encryption) => encryption.sealed_if(part, plain),
        None => Ok(plain),
    };
    let name = Element::saml("NameID").optional("Format", spec.name_id.format.as_deref()).text(&spec.name_id.value);
    let name = seal(EncryptedPart::NameId, name)?;
    let attributes = spec.attributes.iter().map(|one| seal(EncryptedPart::Attributes, attribute(one)));
    let attributes = attributes.collect::<Result<Vec<_>, _>>()?;
    let attributes = (!attributes.is_empty()).then(|| Element::saml("AttributeStatement").children(attributes));
    let assertion = Element::saml("Assertion")
        .attribute("ID", &spec.assertion_id)
        .attribute("Version", "2.0")
        .attribute("IssueInstant", date_time(response.issue_instant))
        .child(Element::saml("Issuer").text(&response.issuer))
        .child(subject(response, spec, name))
        .child(conditions(spec))
        .child(authn_statement(&spec.authn))
        .children(attributes);
    Ok(assertion)
}

fn subject(response: &ResponseSpec, spec: &SubjectSpec, name_id: Element) -> Element {
    let data = Element::saml("SubjectConfirmationData")
        .attribute("NotOnOrAfter", date_time(spec.not_on_or_after))
        .attribute("Recipient", &spec.recipient)
        .optional("InResponseTo", response.in_response_to.as_deref());
    Element::saml("Subject")
        .child(name_id)
        .child(Element::saml("SubjectConfirmation").attribute("Method", BEARER).child(data))
}

fn conditions(spec: &SubjectSpec) -> Element {
    Element::saml("Conditions")
        .attribute("NotBefore", date_time(spec.not_before))
        .attribute("NotOnOrAfter", date_time(spec.not_on_or_after))
        .child(Element::saml("AudienceRestriction").child(Element::saml("Audience").text(&spec.audience)))
}

fn authn_statement(authn: &AuthnStatement) -> Element {
    let context = match &authn.class_ref {
        Some(class) => Element::saml("AuthnContextClassRef").text(class),
        None => Element::saml("AuthnContextDeclRef").text(class_ref::UNSPECIFIED),
    };
    Element::saml("AuthnStatement")
        .attribute("AuthnInstant", date_time(authn.authn_instant))
        .optional("SessionIndex", authn.session_index.as_deref())
        .optional("SessionNotOnOrAfter", authn.session_not_on_or_after.map(date_time))
        .child(Element::saml("AuthnContext").child(context))
}

/// `Attribute`.
pub(super) fn attribute(attribute: &Attribute) -> Element {
    Element::saml("Attribute")
        .attribute("Name", &attribute.name)
        .optional("NameFormat", attribute.name_format.as_deref())
        .children(attribute.values.iter().map(|value| Element::saml("AttributeValue").text(value)))
        .children(attribute.elements.iter().map(|node| Element::saml("AttributeValue").foreign(node.clone())))
}
