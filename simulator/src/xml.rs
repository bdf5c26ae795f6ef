//! A strict XML parser with bounds, for SAML and SOAP: what it accepts means the same to every other parser.
//!
//! libxml2 repairs broken XML while it verifies, and parsers differ in comments, entities and processing instructions.
//! Recent attacks exploit those differences. So this parser refuses, before libxml2 sees the message, a DOCTYPE, an
//! unknown entity, a comment, a processing instruction, an undeclared prefix, a second root, and text outside the root.
//! Where nothing is signed, comments do no harm, and [`parse_with_comments`] reads past them.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

/// Why bytes are not a document that is safe to read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum XmlRejection {
    /// More bytes than allowed.
    #[error("the message has more than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("the message is not UTF-8 text")]
    NotUtf8,
    /// Not well-formed XML.
    #[error("the message is not well-formed XML: {0}")]
    NotWellFormed(String),
    /// A DOCTYPE, which can declare entities and default attributes.
    #[error("the message has a DOCTYPE")]
    Doctype,
    /// An entity other than the five that XML defines.
    #[error("the message refers to an entity that XML does not define")]
    UnknownEntity,
    /// A processing instruction.
    #[error("the message has a processing instruction")]
    ProcessingInstruction,
    /// A comment: parsers disagree about the text around it.
    #[error("the message has a comment")]
    Comment,
    /// Elements nested too deeply.
    #[error("the message nests elements more than {MAX_DEPTH} deep")]
    TooDeep,
    /// Too many elements.
    #[error("the message has more than {MAX_ELEMENTS} elements")]
    TooManyElements,
    /// Too many attributes on one element.
    #[error("an element has more than {MAX_ATTRIBUTES} attributes")]
    TooManyAttributes,
    /// Too many namespaces in scope.
    #[error("more than {MAX_NAMESPACES} namespaces are declared around an element")]
    TooManyNamespaces,
    /// A namespace name that is too long.
    #[error("a namespace name has more than {MAX_NAMESPACE_BYTES} bytes")]
    NamespaceTooLong,
}

/// An element with resolved namespaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// Namespace name; empty without one.
    pub(crate) namespace: String,
    /// Local name.
    pub(crate) name: String,
    /// Attributes, without namespace declarations.
    pub(crate) attributes: Vec<NodeAttribute>,
    /// Child elements.
    pub(crate) children: Vec<Node>,
    /// The element's own text.
    pub(crate) text: String,
}

/// An attribute with its resolved namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NodeAttribute {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) value: String,
}

impl Node {
    pub(crate) fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }

    /// The value of an attribute without a namespace.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        attributes.find(|one| one.namespace.is_empty() && one.name == name).map(|one| one.value.as_str())
    }

    pub(crate) fn all<'a>(&'a self, namespace: &'a str, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.is(namespace, name))
    }

    pub(crate) fn first(&self, namespace: &str, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.is(namespace, name))
    }

    /// The element and everything below it.
    pub(crate) fn descendants(&self) -> Vec<&Self> {
        let mut found = vec![self];
        let mut next = 0;
        while let Some(node) = found.get(next).copied() {
            found.extend(&node.children);
            next += 1;
        }
        found
    }
}

/// Parses a document of at most `limit` bytes.
///
/// # Errors
///
/// If the bytes are not well-formed XML, or have something that a SAML message does not need.
pub(crate) fn parse(bytes: &[u8], limit: usize) -> Result<Node, XmlRejection> {
    read(bytes, limit, Comments::Refused)
}

/// The same, but comments are left out.
///
/// # Errors
///
/// If the bytes are not well-formed XML, or have something that a SOAP message does not need (SOAP 1.1, 3: no DTD and no
/// processing instructions).
pub(crate) fn parse_with_comments(bytes: &[u8], limit: usize) -> Result<Node, XmlRejection> {
    read(bytes, limit, Comments::LeftOut)
}

/// Whether XML 1.0 can carry this character (production `Char`).
pub(crate) fn is_xml_char(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// What happens to a comment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comments {
    Refused,
    LeftOut,
}

fn read(bytes: &[u8], limit: usize, comments: Comments) -> Result<Node, XmlRejection> {
    if bytes.len() > limit {
        return Err(XmlRejection::TooLarge { limit });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| XmlRejection::NotUtf8)?;
    if let Some(illegal) = text.chars().find(|character| !is_xml_char(*character)) {
        return Err(ill_formed(format!("U+{:04X} is not an XML character", u32::from(illegal))));
    }
    let mut reader = NsReader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut tree = Tree::default();
    let mut first = true;
    loop {
        let at_start = std::mem::replace(&mut first, false);
        match reader.read_event().map_err(ill_formed)? {
            Event::Start(start) => tree.open(node(&reader, &start)?)?,
            Event::Empty(start) => {
                tree.open(node(&reader, &start)?)?;
                tree.close()?;
            }
            Event::End(_) => tree.close()?,
            Event::Text(content) => {
                if content.contains("]]>") {
                    return Err(ill_formed("`]]>` in text"));
                }
                tree.text(&content.xml10_content())?;
            }
            Event::CData(content) => tree.text(&content.xml10_content())?,
            Event::GeneralRef(reference) => tree.text(&resolve(&reference)?)?,
            Event::Decl(declaration) => {
                let utf8 = declaration.encoding().is_none_or(|encoding| {
                    encoding
                        .is_ok_and(|name| name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("us-ascii"))
                });
                if !utf8 || declaration.version().map_err(ill_formed)? != "1.0" || !at_start {
                    return Err(ill_formed("an XML declaration other than version 1.0 in UTF-8"));
                }
            }
            Event::Comment(_) if comments == Comments::LeftOut => {}
            Event::Comment(_) => return Err(XmlRejection::Comment),
            Event::PI(_) => return Err(XmlRejection::ProcessingInstruction),
            Event::DocType(_) => return Err(XmlRejection::Doctype),
            Event::Eof => return tree.finish(),
        }
    }
}

const MAX_DEPTH: usize = 32;
const MAX_ELEMENTS: usize = 8192;
const MAX_ATTRIBUTES: usize = 64;
/// In scope at an element. Each lookup of a prefix searches all of them.
const MAX_NAMESPACES: usize = 64;
/// Each element and attribute holds a copy.
const MAX_NAMESPACE_BYTES: usize = 1024;

#[derive(Default)]
struct Tree {
    open: Vec<Opened>,
    root: Option<Node>,
    elements: usize,
}

/// An element before its end tag.
struct Opened {
    node: Node,
    /// The namespaces declared on it and on the elements around it.
    namespaces: usize,
}

impl Tree {
    fn open(&mut self, mut opened: Opened) -> Result<(), XmlRejection> {
        if self.root.is_some() {
            return Err(ill_formed("a second root element"));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(XmlRejection::TooDeep);
        }
        opened.namespaces += self.open.last().map_or(0, |around| around.namespaces);
        if opened.namespaces > MAX_NAMESPACES {
            return Err(XmlRejection::TooManyNamespaces);
        }
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(XmlRejection::TooManyElements);
        }
        self.open.push(opened);
        Ok(())
    }

    fn close(&mut self) -> Result<(), XmlRejection> {
        let Opened { node, .. } = self.open.pop().ok_or_else(|| ill_formed("an end tag without a start tag"))?;
        match self.open.last_mut() {
            Some(parent) => parent.node.children.push(node),
            None => self.root = Some(node),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), XmlRejection> {
        match self.open.last_mut() {
            Some(opened) => opened.node.text.push_str(text),
            None if text.trim_matches([' ', '\t', '\r', '\n']).is_empty() => {}
            None => return Err(ill_formed("text outside the root element")),
        }
        Ok(())
    }

    fn finish(self) -> Result<Node, XmlRejection> {
        if !self.open.is_empty() {
            return Err(ill_formed("an element is not closed"));
        }
        self.root.ok_or_else(|| ill_formed("no root element"))
    }
}

fn node(reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> Result<Opened, XmlRejection> {
    // Counted first, because quick-xml's own check for duplicates is quadratic.
    if start.attributes().with_checks(false).count() > MAX_ATTRIBUTES {
        return Err(XmlRejection::TooManyAttributes);
    }
    let (namespace, name) = reader.resolver().resolve_element(start.name());
    let mut namespaces = 0;
    let mut node = Node {
        namespace: resolved(&namespace)?,
        name: checked_name(start.name().0, name.as_ref())?,
        attributes: Vec::new(),
        children: Vec::new(),
        text: String::new(),
    };
    for (at, attribute) in start.attributes().enumerate() {
        if at >= MAX_ATTRIBUTES {
            return Err(XmlRejection::TooManyAttributes);
        }
        let attribute = attribute.map_err(ill_formed)?;
        if attribute.value.contains('<') {
            return Err(ill_formed("`<` in an attribute value"));
        }
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| match error {
            quick_xml::Error::Escape(quick_xml::escape::EscapeError::UnrecognizedEntity(..)) => {
                XmlRejection::UnknownEntity
            }
            other => ill_formed(other),
        })?;
        if let Some(illegal) = value.chars().find(|character| !is_xml_char(*character)) {
            return Err(ill_formed(format!("a reference to U+{:04X}", u32::from(illegal))));
        }
        if attribute.key.as_namespace_binding().is_some() {
            if value.len() > MAX_NAMESPACE_BYTES {
                return Err(XmlRejection::NamespaceTooLong);
            }
            namespaces += 1;
            continue;
        }
        let (namespace, name) = reader.resolver().resolve_attribute(attribute.key);
        let namespace = resolved(&namespace)?;
        let name = checked_name(attribute.key.0, name.as_ref())?;
        // There are too few of them for a set.
        if node.attributes.iter().any(|one| one.name == name && one.namespace == namespace) {
            return Err(ill_formed(format!("attribute `{name}` twice")));
        }
        node.attributes.push(NodeAttribute { namespace, name, value: value.into_owned() });
    }
    Ok(Opened { node, namespaces })
}

fn resolved(namespace: &ResolveResult<'_>) -> Result<String, XmlRejection> {
    match namespace {
        ResolveResult::Bound(Namespace(name)) => Ok((*name).to_owned()),
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Unknown(prefix) => Err(ill_formed(format!("prefix `{prefix}` is not declared"))),
    }
}

/// Letters, digits, `-`, `_` and `.` are enough for every name in SAML and SOAP, and no parser reads them differently.
fn checked_name(qualified: &str, local: &str) -> Result<String, XmlRejection> {
    let plain = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && part.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '.'))
    };
    if plain(local) && qualified.split(':').count() <= 2 && qualified.split(':').all(plain) {
        Ok(local.to_owned())
    } else {
        Err(ill_formed(format!("`{qualified}` is not a plain name")))
    }
}

fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> Result<String, XmlRejection> {
    if let Some(character) = reference.resolve_char_ref().map_err(ill_formed)? {
        if is_xml_char(character) {
            return Ok(character.to_string());
        }
        return Err(ill_formed("a reference to a character that XML cannot carry"));
    }
    quick_xml::escape::resolve_predefined_entity(reference).map(str::to_owned).ok_or(XmlRejection::UnknownEntity)
}

fn ill_formed(why: impl ToString) -> XmlRejection {
    XmlRejection::NotWellFormed(why.to_string())
}

#[cfg(test)]
mod tests;
