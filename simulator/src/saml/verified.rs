//! What an org may rely on in a verified `Response`.

use std::collections::HashMap;

use jiff::Timestamp;

use super::names::ASSERTION_NS;
use super::response_rejection::ResponseRejection;
use super::response_spec::{Attribute, NameId};
use crate::xml::Node;
use vestibule_model::{Carrier, Signal};

/// A `Response` that passed every check on itself. Everything here was read from signed bytes, except `response_id` if only
/// the assertion was signed. Only the org knows whether it is new, and whether its browser asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VerifiedResponse {
    /// `ID` of the `Response`.
    pub(crate) response_id: String,
    /// `Issuer`: entity id of the IdP.
    pub(crate) issuer: String,
    /// `ID` of the `Assertion`, unique among those of its issuer.
    pub(crate) assertion_id: String,
    /// How long a replay must be known as one: until no confirmation and no condition can hold any more, the allowed clock
    /// skew included.
    pub(crate) remember_until: Timestamp,
    /// `NameID`.
    pub(crate) name_id: NameId,
    /// Attributes in document order; the values of a name that appears twice are joined.
    pub(crate) attributes: Vec<Attribute>,
    /// `AuthnContextClassRef`s in document order, one per `AuthnStatement` at most.
    pub(crate) class_refs: Vec<String>,
    /// `AuthnInstant` of the first `AuthnStatement`.
    pub(crate) authn_instant: Timestamp,
    /// `SessionIndex` of the first `AuthnStatement`.
    pub(crate) session_index: Option<String>,
    /// The earliest `SessionNotOnOrAfter`, with the allowed clock skew: the org's session ends then (saml-core 2.7.2).
    pub(crate) session_end: Option<Timestamp>,
    /// `InResponseTo` of the confirmation, and of the `Response`: the request that was answered. `None` was sent unasked,
    /// which is allowed.
    pub(crate) in_response_to: Option<String>,
}

impl VerifiedResponse {
    /// The signals of the login: each `AuthnContextClassRef`, then each value of the named attributes, unchanged.
    pub(crate) fn signals(&self, attribute_names: &[&str]) -> Vec<Signal> {
        let class_refs = self.class_refs.iter().map(|class| Signal::new(class, Carrier::AuthnContextClassRef));
        // The names are those of one assertion, often all of them.
        let known: HashMap<&str, &Attribute> =
            self.attributes.iter().rev().map(|attribute| (attribute.name.as_str(), attribute)).collect();
        let attributes = attribute_names.iter().filter_map(|name| known.get(name)).flat_map(|attribute| {
            let carrier = Carrier::SamlAttribute(attribute.name.clone());
            attribute.values.iter().map(move |value| Signal::new(value, carrier.clone()))
        });
        class_refs.chain(attributes).collect()
    }

    /// Whether the login is of one of the classes that the request asked for, compared as `exact`; none asks for nothing.
    ///
    /// # Errors
    ///
    /// It is not: an IdP that cannot meet a request says `NoAuthnContext` (saml-core 3.3.2.2.1).
    pub(crate) fn meets(&self, requested: &[String]) -> Result<(), ResponseRejection> {
        if requested.is_empty() || self.class_refs.iter().any(|class| requested.contains(class)) {
            return Ok(());
        }
        Err(ResponseRejection::OtherContext { found: self.class_refs.clone(), requested: requested.to_vec() })
    }

    /// An attribute by its `Name`.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// The attributes of an assertion with their values that are texts; those of a name that appears twice are joined.
pub(super) fn attributes(assertion: &Node) -> Vec<Attribute> {
    let (mut found, mut places): (Vec<Attribute>, HashMap<&str, usize>) = (Vec::new(), HashMap::new());
    let statements = assertion.all(ASSERTION_NS, "AttributeStatement");
    for node in statements.flat_map(|statement| statement.all(ASSERTION_NS, "Attribute")) {
        let name = node.attribute("Name").unwrap_or("");
        let texts = node.all(ASSERTION_NS, "AttributeValue").filter(|value| value.children.is_empty());
        let values = texts.map(|value| value.text.clone());
        let place = *places.entry(name).or_insert(found.len());
        match found.get_mut(place) {
            Some(attribute) => attribute.values.extend(values),
            None => found.push(Attribute {
                name: name.to_owned(),
                name_format: node.attribute("NameFormat").map(str::to_owned),
                values: values.collect(),
                elements: Vec::new(),
            }),
        }
    }
    found
}

/// The `AuthnContextClassRef`s of an assertion.
pub(super) fn class_refs(assertion: &Node) -> Vec<String> {
    let contexts =
        assertion.all(ASSERTION_NS, "AuthnStatement").flat_map(|statement| statement.all(ASSERTION_NS, "AuthnContext"));
    contexts
        .flat_map(|context| context.all(ASSERTION_NS, "AuthnContextClassRef"))
        .map(|class| class.text.clone())
        .collect()
}
