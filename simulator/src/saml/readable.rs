//! A received message in readable form: indented, and without the parts that are needed to send it again.

use std::fmt::Write as _;

use openssl::pkey::{PKey, Private};
use quick_xml::escape::escape;

use super::encryption::decrypt_assertion;
use super::names::{ASSERTION_NS, DSIG_NS, PROTOCOL_NS};
use super::verified;
use super::verify::decode;
use super::verify_settings::VerifySettings;
use crate::xml::{self, Node};
use vestibule_model::{Carrier, Signal};

/// A message in readable form. It is not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadableResponse {
    /// Indented XML with the usual prefixes; signature values, digests, certificates and ciphertexts are left out. For
    /// a message that cannot be read, the reason.
    pub(crate) xml: String,
    /// Every value that could be a signal: the class references, then the values of all attributes.
    pub(crate) signals: Vec<Signal>,
    /// The elements that carry a signature of their own: `Response`, `Assertion`.
    pub(crate) signed: Vec<String>,
}

/// Shows a `Response`, given as the form field carries it. Never fails: a forged message is shown too.
pub(crate) fn readable(message: &str) -> ReadableResponse {
    readable_decrypted(message, &[])
}

/// The same, with what is encrypted decrypted, where one of these keys fits.
pub(crate) fn readable_decrypted(message: &str, keys: &[PKey<Private>]) -> ReadableResponse {
    let limit = VerifySettings::MAX_BYTES;
    let read = decode(message, limit).and_then(|xml| {
        let opened = keys.iter().find_map(|key| decrypt_assertion(&xml, key).ok());
        Ok(xml::parse(opened.unwrap_or(xml).as_bytes(), limit)?)
    });
    let root = match read {
        Ok(root) => root,
        Err(reason) => {
            return ReadableResponse { xml: format!("not shown: {reason}"), signals: Vec::new(), signed: Vec::new() };
        }
    };
    let mut xml = String::new();
    write_node(&root, 0, &mut xml);
    let nodes = root.descendants();
    let carries = |node: &&&Node| node.first(DSIG_NS, "Signature").is_some();
    let signed = nodes.iter().filter(carries).map(|node| node.name.clone()).collect();
    let assertions = nodes.iter().filter(|node| node.is(ASSERTION_NS, "Assertion"));
    ReadableResponse { xml, signals: assertions.flat_map(|assertion| signals(assertion)).collect(), signed }
}

fn signals(assertion: &Node) -> Vec<Signal> {
    let class_refs = verified::class_refs(assertion).into_iter();
    let class_refs = class_refs.map(|class| Signal::new(class, Carrier::AuthnContextClassRef));
    let attributes = verified::attributes(assertion).into_iter().flat_map(|attribute| {
        let carrier = Carrier::SamlAttribute(attribute.name);
        attribute.values.into_iter().map(move |value| Signal::new(value, carrier.clone()))
    });
    class_refs.chain(attributes).collect()
}

fn write_node(node: &Node, depth: usize, out: &mut String) {
    let (margin, name) = ("  ".repeat(depth), prefixed(&node.namespace, &node.name));
    let _infallible = write!(out, "{margin}<{name}");
    for attribute in &node.attributes {
        let name = prefixed(&attribute.namespace, &attribute.name);
        let _infallible = write!(out, " {name}=\"{}\"", escape(shortened(&attribute.value)));
    }
    let text = if LEFT_OUT.contains(&node.name.as_str()) { "…" } else { shortened(node.text.trim()) };
    let _infallible = match (node.children.as_slice(), text) {
        ([], "") => writeln!(out, "/>"),
        ([], text) => writeln!(out, ">{}</{name}>", escape(text)),
        (_, "") => writeln!(out, ">"),
        (_, text) => writeln!(out, ">{}", escape(text)),
    };
    if !node.children.is_empty() {
        node.children.iter().for_each(|child| write_node(child, depth + 1, out));
        let _infallible = writeln!(out, "{margin}</{name}>");
    }
}

/// The prefix that the specifications use; namespaces that they do not name have none.
fn prefixed(namespace: &str, name: &str) -> String {
    match PREFIXES.iter().find(|(known, _)| *known == namespace) {
        Some((_, prefix)) => format!("{prefix}:{name}"),
        None => name.to_owned(),
    }
}

/// No real value is longer, but a signature hidden in another element is.
fn shortened(text: &str) -> &str {
    text.char_indices().nth(LONGEST_VALUE).map_or(text, |(end, _)| &text[..end])
}

const PREFIXES: [(&str, &str); 6] = [
    (PROTOCOL_NS, "samlp"),
    (ASSERTION_NS, "saml"),
    (DSIG_NS, "ds"),
    ("http://www.w3.org/2001/04/xmlenc#", "xenc"),
    ("http://www.w3.org/2001/XMLSchema-instance", "xsi"),
    ("http://www.w3.org/2001/10/xml-exc-c14n#", "ec"),
];
/// Elements whose text is not shown (xmldsig-core1 4, xmlenc-core1 3).
const LEFT_OUT: [&str; 8] = [
    "SignatureValue",
    "DigestValue",
    "X509Certificate",
    "X509CRL",
    "CipherValue",
    "Modulus",
    "PublicKey",
    "PGPKeyPacket",
];
const LONGEST_VALUE: usize = 200;
