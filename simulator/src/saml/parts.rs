//! Where the signals of a `Response` are, and whether a signature covers them. Nothing is verified.

use openssl::pkey::{PKey, Private};

use super::encryption::decrypt_assertion;
use super::names::{ASSERTION_NS, DSIG_NS, PROTOCOL_NS};
use super::verified;
use super::verify::decode;
use super::verify_settings::VerifySettings;
use crate::xml::{self, Node};
use vestibule_model::{Carrier, Signal};

/// What a `Response` is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MessageParts {
    /// Every value that could be a signal, and whether it is in an element with a signature: the class references, then the
    /// values of all attributes, then those of attributes outside of the assertions.
    pub(crate) signals: Vec<(Signal, bool)>,
    /// The names of all other elements with a text, once each.
    pub(crate) others: Vec<String>,
}

/// The parts of a `Response`, given as the form field carries it; none if it cannot be read. What is encrypted is decrypted,
/// where one of these keys fits.
pub(crate) fn parts(message: &str, keys: &[PKey<Private>]) -> MessageParts {
    let limit = VerifySettings::MAX_BYTES;
    let read = decode(message, limit).ok().and_then(|xml| {
        let opened = keys.iter().find_map(|key| decrypt_assertion(&xml, key).ok());
        xml::parse(opened.unwrap_or(xml).as_bytes(), limit).ok()
    });
    let Some(root) = read else { return MessageParts::default() };
    let mut parts = MessageParts::default();
    if root.is(ASSERTION_NS, "Assertion") {
        parts.add_assertion(&root, false);
    }
    let covered = is_signed(&root);
    for child in &root.children {
        if child.is(ASSERTION_NS, "Assertion") {
            parts.add_assertion(child, covered);
        }
        if child.is(PROTOCOL_NS, "Extensions") {
            parts.add_extensions(child, covered);
        }
    }
    for node in root.descendants() {
        let is_other = !node.text.trim().is_empty() && !SHOWN.contains(&node.name.as_str());
        if is_other && !parts.others.contains(&node.name) && parts.others.len() < MOST_NAMES {
            parts.others.push(node.name.chars().take(LONGEST_NAME).collect());
        }
    }
    parts
}

impl MessageParts {
    fn add_assertion(&mut self, assertion: &Node, covered: bool) {
        let covered = covered || is_signed(assertion);
        let class_refs = verified::class_refs(assertion).into_iter();
        let class_refs = class_refs.map(|class| Signal::new(class, Carrier::AuthnContextClassRef));
        let attributes = verified::attributes(assertion).into_iter().flat_map(|attribute| {
            let carrier = Carrier::SamlAttribute(attribute.name);
            attribute.values.into_iter().map(move |value| Signal::new(value, carrier.clone()))
        });
        self.signals.extend(class_refs.chain(attributes).map(|signal| (signal, covered)));
    }

    fn add_extensions(&mut self, extensions: &Node, covered: bool) {
        let values = extensions.descendants().into_iter().filter(|node| node.is(ASSERTION_NS, "AttributeValue"));
        let values = values.filter(|value| value.children.is_empty());
        self.signals.extend(values.map(|value| (Signal::new(&value.text, Carrier::Unsigned), covered)));
    }
}

fn is_signed(node: &Node) -> bool {
    node.first(DSIG_NS, "Signature").is_some()
}

/// Elements whose texts are shown by other means.
const SHOWN: [&str; 3] = ["Issuer", "AuthnContextClassRef", "AttributeValue"];
const MOST_NAMES: usize = 50;
/// In characters.
const LONGEST_NAME: usize = 100;
