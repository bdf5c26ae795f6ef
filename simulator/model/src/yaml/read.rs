//! Turns the generic tree into typed values: a serde deserializer whose errors know their place.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::spanned::{SPANNED, Span};
use super::tree::{Key, Node, Value, documents};
use crate::diagnostic::{Diagnostic, Source, suggest, unknown_word};

/// Reads a typed value from the one document of a source.
///
/// # Errors
///
/// The first error of the document, with its place.
pub fn parse<T: DeserializeOwned>(source: &Source) -> Result<T, Diagnostic> {
    let documents = documents(source)?;
    if let Some(second) = documents.get(1) {
        let place = source.place(second.span.range(), "the second document");
        return Err(Diagnostic::new("several-documents", "the file has more than one document").at(place));
    }
    read(documents.first().unwrap_or(&NOTHING)).map_err(|error| error.into_diagnostic(source))
}

/// Reads a typed value from a node.
///
/// # Errors
///
/// The first error.
pub fn read<T: DeserializeOwned>(node: &Node) -> Result<T, ReadError> {
    T::deserialize(node)
}

/// Reads a typed value from a node, as far as that is possible, and finds everything that is wrong with it. A reader of
/// serde stops at the first error, so what is wrong is taken out of the tree and the rest is read again.
pub fn read_all<T: DeserializeOwned>(node: &Node) -> (Option<T>, Vec<ReadError>) {
    let mut error = match read(node) {
        Ok(value) => return (Some(value), Vec::new()),
        Err(error) => error,
    };
    let mut errors = vec![error.clone()];
    let mut rest = node.clone();
    let mut taken = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let Some(out) = error.span.and_then(|place| take_out(&mut rest, place)) else { break };
        taken.push(out);
        error = match read(&rest) {
            Ok(value) => return (Some(value), errors),
            Err(next) => next,
        };
        if !follows_from(&error, &taken) {
            errors.push(error.clone());
        }
    }
    (None, errors)
}

/// Whether an error is there only because something wrong was taken out: a key that is missing now, or that was meant
/// by the one taken out; or a mapping or list that is wrong without it.
fn follows_from(error: &ReadError, taken: &[Taken]) -> bool {
    match error.missing {
        Some(key) => suggest(key, taken.iter().filter_map(|out| out.key.as_deref())).is_some(),
        None => error.span.is_none_or(|place| taken.iter().any(|out| out.from == place)),
    }
}

/// What was taken out of a tree: an entry of a mapping with its key, or an item of a list.
struct Taken {
    key: Option<String>,
    /// The place of the mapping or list.
    from: Span,
}

/// Takes the innermost entry or item with this place out of the tree, if it is there.
fn take_out(node: &mut Node, place: Span) -> Option<Taken> {
    let from = node.span;
    match &mut node.value {
        Value::Map(entries) => {
            let inner = entries.iter_mut().find_map(|(_, value)| take_out(value, place));
            inner.or_else(|| {
                let at = entries.iter().position(|(key, value)| [key.span, value.span].contains(&place))?;
                Some(Taken { key: Some(entries.remove(at).0.name), from })
            })
        }
        Value::List(items) => {
            let inner = items.iter_mut().find_map(|item| take_out(item, place));
            inner.or_else(|| {
                let at = items.iter().position(|item| item.span == place)?;
                items.remove(at);
                Some(Taken { key: None, from })
            })
        }
        _ => None,
    }
}

/// A section with more errors is read again when these are corrected.
const MOST_ROUNDS: usize = 20;

/// What is wrong and where, before the source turns it into a diagnostic.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadError {
    /// What is wrong, without a place.
    pub diagnostic: Diagnostic,
    /// The place, once a value around it has set it.
    pub span: Option<Span>,
    /// What the place shows.
    pub label: String,
    /// The key that is missing, if that is what is wrong.
    pub missing: Option<&'static str>,
}

impl ReadError {
    /// An error at a place.
    pub fn new(diagnostic: Diagnostic, span: Span, label: impl Into<String>) -> Self {
        Self { diagnostic, span: Some(span), label: label.into(), missing: None }
    }

    fn unplaced(diagnostic: Diagnostic, label: &str) -> Self {
        Self { diagnostic, span: None, label: label.to_owned(), missing: None }
    }

    /// The innermost place wins, because it is set first.
    pub fn within(self, span: Span) -> Self {
        Self { span: self.span.or(Some(span)), ..self }
    }

    /// Names the list that an unknown word is not in. A type of the model names its list with serde's `rename`:
    /// `verification method`. Without a `rename`, the list has the name of its Rust type.
    fn about(mut self, list: &str) -> Self {
        if list.starts_with(|first: char| first.is_ascii_lowercase()) {
            self.diagnostic.code = format!("unknown-{}", list.replace(' ', "-"));
            self.diagnostic.title = self.diagnostic.title.replace("value here", list);
            self.label = format!("unknown {list}");
        }
        self
    }

    /// The diagnostic with its place in the source.
    pub fn into_diagnostic(self, source: &Source) -> Diagnostic {
        self.diagnostic.at(source.place(self.span.unwrap_or_default().range(), self.label))
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.title)
    }
}

impl std::error::Error for ReadError {}

impl Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::unplaced(Diagnostic::new("wrong-value", message.to_string()), "this value")
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let title = format!("expected {}, found {}", plain(&expected.to_string()), plain(&unexpected.to_string()));
        Self::unplaced(Diagnostic::new("wrong-type", title), "wrong type")
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let title = format!("expected {}, found {}", plain(&expected.to_string()), plain(&unexpected.to_string()));
        Self::unplaced(Diagnostic::new("wrong-value", title), "wrong value")
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let diagnostic = unknown_word("unknown-value", "value here", variant, expected.iter().copied());
        Self::unplaced(diagnostic, "unknown value")
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::unplaced(unknown_word("unknown-key", "key here", field, expected.iter().copied()), "unknown key")
    }

    fn missing_field(field: &'static str) -> Self {
        let diagnostic = Diagnostic::new("missing-key", format!("the key `{field}` is missing"));
        Self { missing: Some(field), ..Self::unplaced(diagnostic, &format!("needs `{field}`")) }
    }
}

/// Replaces serde's words with those of a YAML author: a list, a mapping, a text.
fn plain(words: &str) -> String {
    match words {
        "u8" | "u16" | "u32" | "u64" | "usize" => return "a whole number, at least 0".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "isize" => return "a whole number".to_owned(),
        "f32" | "f64" => return "a number".to_owned(),
        _ if words.starts_with("struct ") => return "a mapping".to_owned(),
        _ => {}
    }
    let words = words.strip_prefix("Option value").map_or(words.to_owned(), |_| "nothing".to_owned());
    words
        .replace("a sequence", "a list")
        .replace("sequence", "a list")
        .replace("a map", "a mapping")
        .replace("a boolean", "`true` or `false`")
        .replace("unit value", "nothing")
        .replace("string", "text")
        .replace("floating point", "number")
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Integer(value) => visitor.visit_i64(*value),
            Value::Float(value) => visitor.visit_f64(*value),
            Value::Text(text) => visitor.visit_str(text),
            Value::List(items) => visitor.visit_seq(Items(items.iter())),
            Value::Map(entries) => visitor.visit_map(Entries { rest: entries.iter(), value: None }),
        }
        .map_err(|error| error.within(self.span))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self).map_err(|error| error.within(self.span))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match &self.value {
            _ if name == SPANNED => visitor.visit_map(WithSpan { node: self, next: 0 }),
            Value::Null => visitor.visit_map(Entries { rest: [].iter(), value: None }),
            _ => self.deserialize_any(visitor),
        }
        .map_err(|error| error.within(self.span))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let variant = match &self.value {
            Value::Text(text) => Variant { of: name, name: text, span: self.span, content: None },
            Value::Map(entries) if entries.len() == 1 => {
                let (key, content) = &entries[0];
                Variant { of: name, name: &key.name, span: key.span, content: Some(content) }
            }
            _ => {
                let title = format!("expected one word, or one key with its settings, found {}", self.kind());
                let diagnostic = Diagnostic::new("wrong-type", title);
                return Err(ReadError::new(diagnostic, self.span, "wrong type"));
            }
        };
        visitor.visit_enum(variant).map_err(|error| error.within(self.span))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

struct Items<'de>(std::slice::Iter<'de, Node>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        self.0.next().map(|node| seed.deserialize(node).map_err(|error| error.within(node.span))).transpose()
    }
}

struct Entries<'de> {
    rest: std::slice::Iter<'de, (Key, Node)>,
    value: Option<(&'de Key, &'de Node)>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some((key, value));
        let name: StrDeserializer<'de, ReadError> = key.name.as_str().into_deserializer();
        seed.deserialize(name).map(Some).map_err(|error| error.within(key.span))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        let (key, value) =
            self.value.take().ok_or_else(|| ReadError::custom("a value was asked for before its key"))?;
        // An empty value has no text to point at: its key is shown instead.
        let span = if value.span.start == value.span.end { key.span } else { value.span };
        seed.deserialize(value).map_err(|error| error.within(span))
    }
}

struct WithSpan<'de> {
    node: &'de Node,
    next: u8,
}

impl<'de> MapAccess<'de> for WithSpan<'de> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        let Some(name) = ["start", "end", "value"].get(usize::from(self.next)) else { return Ok(None) };
        let name: StrDeserializer<'_, ReadError> = (*name).into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        self.next += 1;
        match self.next {
            1 => seed.deserialize(self.node.span.start.into_deserializer()),
            2 => seed.deserialize(self.node.span.end.into_deserializer()),
            _ => seed.deserialize(self.node),
        }
    }
}

struct Variant<'de> {
    /// Name of the list of words.
    of: &'static str,
    name: &'de str,
    span: Span,
    content: Option<&'de Node>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = ReadError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), ReadError> {
        let name: StrDeserializer<'de, ReadError> = self.name.into_deserializer();
        let value = seed.deserialize(name).map_err(|error| error.about(self.of).within(self.span))?;
        Ok((value, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        match self.content {
            None => Ok(()),
            Some(node) if node.entries().is_some_and(<[_]>::is_empty) => Ok(()),
            Some(node) => {
                let title = format!("`{}` takes no settings, found {}", self.name, node.kind());
                Err(ReadError::new(Diagnostic::new("wrong-type", title), node.span, "wrong type"))
            }
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, ReadError> {
        match self.content {
            Some(node) => seed.deserialize(node).map_err(|error| error.within(self.span)),
            None => seed.deserialize(&NOTHING).map_err(|error| ReadError { span: Some(self.span), ..error }),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ReadError> {
        self.content.unwrap_or(&NOTHING).deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, ReadError> {
        let span = self.span;
        let content = self.content.unwrap_or(&NOTHING);
        content.deserialize_struct("", &[], visitor).map_err(|error| match content.entries() {
            Some([]) => ReadError { span: Some(span), ..error },
            _ => error.within(span),
        })
    }
}

static NOTHING: Node = Node { span: Span { start: 0, end: 0 }, value: Value::Null };
