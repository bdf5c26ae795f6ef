//! Writes XML in exclusive canonical form.
//!
//! A namespace is declared where its prefix is first used on the way down from the root, attributes are sorted, empty
//! elements have an end tag, and text is escaped as canonical XML requires. So the text of an element, written as a
//! root, *is* its exclusive canonical form, and signing it needs no canonicaliser.
//!
//! Source: W3C xml-exc-c14n, section 3; xml-c14n, section 2.3.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::names::{ASSERTION_NS, DSIG_NS, METADATA_NS, PROTOCOL_NS, SOAP_NS, XENC_NS, XENC11_NS};
use crate::xml::{Node, is_xml_char};

/// An element to be written. Attribute names carry no prefix.
#[derive(Debug, Clone)]
pub(super) struct Element {
    prefix: &'static str,
    name: &'static str,
    /// Sorted.
    attributes: Vec<(&'static str, String)>,
    content: Vec<Content>,
}

#[derive(Debug, Clone)]
enum Content {
    Element(Element),
    Text(String),
    Foreign(Node),
}

/// Failed to write XML: a character that XML 1.0 cannot carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write U+{0:04X}, which XML 1.0 cannot carry")]
pub(crate) struct IllegalCharacter(pub(crate) u32);

impl Element {
    /// An element of the assertion namespace.
    pub(super) fn saml(name: &'static str) -> Self {
        Self::new("saml", name)
    }

    /// An element of the protocol namespace.
    pub(super) fn samlp(name: &'static str) -> Self {
        Self::new("samlp", name)
    }

    /// An element of the XML Signature namespace.
    pub(super) fn ds(name: &'static str) -> Self {
        Self::new("ds", name)
    }

    /// An element of the metadata namespace.
    pub(super) fn md(name: &'static str) -> Self {
        Self::new("md", name)
    }

    /// An element of the XML Encryption namespace.
    pub(super) fn xenc(name: &'static str) -> Self {
        Self::new("xenc", name)
    }

    /// An element of the XML Encryption 1.1 namespace.
    pub(super) fn xenc11(name: &'static str) -> Self {
        Self::new("xenc11", name)
    }

    /// An element of the SOAP 1.1 envelope namespace.
    pub(super) fn soap(name: &'static str) -> Self {
        Self::new("soap", name)
    }

    fn new(prefix: &'static str, name: &'static str) -> Self {
        Self { prefix, name, attributes: Vec::new(), content: Vec::new() }
    }

    pub(super) fn attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let after = self.attributes.partition_point(|(earlier, _)| *earlier <= name);
        self.attributes.insert(after, (name, value.into()));
        self
    }

    pub(super) fn optional(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.attribute(name, value),
            None => self,
        }
    }

    pub(super) fn text(mut self, text: impl Into<String>) -> Self {
        self.content.push(Content::Text(text.into()));
        self
    }

    pub(super) fn child(mut self, child: Self) -> Self {
        self.content.push(Content::Element(child));
        self
    }

    pub(super) fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.content.extend(children.into_iter().map(Content::Element));
        self
    }

    /// An element of any namespace that somebody else wrote. It has either elements or text, and no attribute with a
    /// prefix: nothing else can be kept.
    pub(super) fn foreign(mut self, node: Node) -> Self {
        self.content.push(Content::Foreign(node));
        self
    }

    /// Inserts a child right after the first one: the schema requires a signature there, after the issuer.
    pub(super) fn insert_second(&mut self, child: Self) {
        let at = self.content.len().min(1);
        self.content.insert(at, Content::Element(child));
    }

    /// Inserts a child before all others.
    pub(super) fn insert_first(&mut self, child: Self) {
        self.content.insert(0, Content::Element(child));
    }

    /// The element as the root of a document, in exclusive canonical form.
    ///
    /// # Errors
    ///
    /// If a text or attribute value has a character that XML cannot carry.
    pub(super) fn canonical(&self) -> Result<String, IllegalCharacter> {
        let mut out = String::with_capacity(USUAL_BYTES);
        self.write(&mut Vec::with_capacity(PREFIXES), &mut out)?;
        Ok(out)
    }

    fn write(&self, declared: &mut Vec<&'static str>, out: &mut String) -> Result<(), IllegalCharacter> {
        let outer = declared.len();
        out.extend(["<", self.prefix, ":", self.name]);
        if !declared.contains(&self.prefix) {
            declared.push(self.prefix);
            out.extend([" xmlns:", self.prefix, "=\"", namespace(self.prefix), "\""]);
        }
        for (name, value) in &self.attributes {
            out.extend([" ", *name, "=\""]);
            escape(value, Place::Attribute, out)?;
            out.push('"');
        }
        out.push('>');
        for content in &self.content {
            match content {
                Content::Element(element) => element.write(declared, out)?,
                Content::Text(text) => escape(text, Place::Text, out)?,
                Content::Foreign(node) => write_foreign(node, "", out)?,
            }
        }
        out.extend(["</", self.prefix, ":", self.name, ">"]);
        declared.truncate(outer);
        Ok(())
    }
}

/// Writes an element without a prefix, so with a default namespace where that of the element around it is another.
fn write_foreign(node: &Node, around: &str, out: &mut String) -> Result<(), IllegalCharacter> {
    out.push_str(&format!("<{}", node.name));
    if node.namespace != around {
        out.push_str(" xmlns=\"");
        escape(&node.namespace, Place::Attribute, out)?;
        out.push('"');
    }
    let mut attributes: Vec<_> = node.attributes.iter().collect();
    attributes.sort_by(|one, other| one.name.cmp(&other.name));
    for attribute in attributes {
        out.push_str(&format!(" {}=\"", attribute.name));
        escape(&attribute.value, Place::Attribute, out)?;
        out.push('"');
    }
    out.push('>');
    if node.children.is_empty() {
        escape(&node.text, Place::Text, out)?;
    }
    node.children.iter().try_for_each(|child| write_foreign(child, &node.namespace, out))?;
    out.push_str(&format!("</{}>", node.name));
    Ok(())
}

/// An instant as `xs:dateTime` in UTC with milliseconds.
pub(super) fn date_time(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// Reads an `xs:dateTime` that says its offset (XML Schema part 2, 3.2.7). What jiff reads beyond it is none: a space
/// for the `T`, a time without seconds, a zone in brackets.
pub(super) fn read_date_time(found: &str) -> Option<Timestamp> {
    let bytes = found.as_bytes();
    let is = |at: usize, sign: u8| bytes.get(at) == Some(&sign);
    let of_the_form = bytes.iter().all(|byte| byte.is_ascii_digit() || b"-+:.TZ".contains(byte))
        && is(10, b'T')
        && is(13, b':')
        && is(16, b':');
    let (_, offset) = found.split_at_checked(found.len().saturating_sub(6))?;
    let with_minutes = offset.starts_with(['+', '-']) && offset.get(3..4) == Some(":");
    let in_time = of_the_form && (found.ends_with('Z') || with_minutes);
    found.parse().ok().filter(|_| in_time)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Attribute,
    Text,
}

fn escape(value: &str, place: Place, out: &mut String) -> Result<(), IllegalCharacter> {
    // Almost everything that is written is a URL, an id or base64. A loop that does not end early looks at many bytes at once.
    let plain =
        |byte: u8| (b' '..=b'~').contains(&byte) & (byte != b'&') & (byte != b'<') & (byte != b'>') & (byte != b'"');
    if value.bytes().fold(true, |all, byte| all & plain(byte)) {
        out.push_str(value);
        return Ok(());
    }
    for character in value.chars() {
        match (character, place) {
            ('&', _) => out.push_str("&amp;"),
            ('<', _) => out.push_str("&lt;"),
            ('>', Place::Text) => out.push_str("&gt;"),
            ('"', Place::Attribute) => out.push_str("&quot;"),
            ('\r', _) | ('\t' | '\n', Place::Attribute) => {
                write!(out, "&#x{:X};", u32::from(character)).map_err(|_| IllegalCharacter(u32::from(character)))?;
            }
            _ if is_xml_char(character) => out.push(character),
            _ => return Err(IllegalCharacter(u32::from(character))),
        }
    }
    Ok(())
}

fn namespace(prefix: &str) -> &'static str {
    match prefix {
        "saml" => ASSERTION_NS,
        "samlp" => PROTOCOL_NS,
        "md" => METADATA_NS,
        "xenc" => XENC_NS,
        "xenc11" => XENC11_NS,
        "soap" => SOAP_NS,
        _ => DSIG_NS,
    }
}

/// A signed assertion is a little shorter.
const USUAL_BYTES: usize = 4096;
const PREFIXES: usize = 7;

#[cfg(test)]
mod tests;
