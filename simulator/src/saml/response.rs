//! The `Response` as XML.
//!
//! Source: saml-core 3.2.2, saml-profiles 4.1.4.2.

use super::assertion;
use super::canonical::{Element, date_time};
use super::response_spec::{ResponseSpec, Status};

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
            .child(status_element(&self.status))
            .children(assertion)
    }

    /// The unsigned `Assertion` with its `ID`.
    pub(super) fn assertion_element(&self) -> Option<(&str, Element)> {
        self.assertion.as_ref().map(|spec| (spec.assertion_id.as_str(), assertion::element(self, spec)))
    }
}

fn status_element(status: &Status) -> Element {
    let sub_code = status.sub_code.as_deref().map(|code| Element::samlp("StatusCode").attribute("Value", code));
    let message = status.message.as_deref().map(|message| Element::samlp("StatusMessage").text(message));
    Element::samlp("Status")
        .child(Element::samlp("StatusCode").attribute("Value", &status.code).children(sub_code))
        .children(message)
}
