//! YAML that a person wrote: limits against hostile files, and errors as diagnostics.

use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_saphyr::{Error, Location, MessageFormatter, Options, UserMessageFormatter};

use super::source::Source;
use super::suggest::suggest;
use super::value::Diagnostic;

/// Files longer than this are refused before they are parsed.
pub const MAX_FILE_BYTES: usize = 1_000_000;

/// Makes a source text from the bytes of a file.
///
/// # Errors
///
/// `file-too-large` and `not-utf8`.
pub fn source_from_bytes(name: &str, bytes: Vec<u8>) -> Result<Source, Diagnostic> {
    if bytes.len() > MAX_FILE_BYTES {
        let title = format!("{name} has {} bytes; the limit is {MAX_FILE_BYTES}", bytes.len());
        return Err(Diagnostic::new("file-too-large", title).hint("split the file into several"));
    }
    String::from_utf8(bytes).map(|text| Source::new(name, text)).map_err(|error| {
        let good = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
        let source = Source::new(name, good);
        let end = source.text().len();
        Diagnostic::new("not-utf8", format!("{name} is not UTF-8"))
            .at(source.place(end..end, "the first byte that is not UTF-8 is here"))
            .hint("save the file as UTF-8")
    })
}

/// One document, read with [`yaml_options`].
///
/// # Errors
///
/// The first error of the document, with its place.
pub fn parse_yaml<T: DeserializeOwned>(source: &Source) -> Result<T, Diagnostic> {
    serde_saphyr::from_str_with_options(source.text(), yaml_options()).map_err(|error| from_yaml_error(source, &error))
}

/// The options for every YAML file of a user. Small budgets refuse an anchor bomb or nonsense early; duplicate keys are
/// errors.
pub fn yaml_options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 200_000,
            max_nodes: 100_000,
            max_depth: 40,
            max_documents: 1_000,
            max_aliases: 1_000,
            max_anchors: 1_000,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 50_000,
        },
        strict_booleans: true,
        with_snippet: false,
    }
}

/// A parser's error as a diagnostic, with its place, the valid values and the nearest valid word.
pub fn from_yaml_error(source: &Source, error: &Error) -> Diagnostic {
    let inner = without_snippet(error);
    let range = inner.location().map(|location| yaml_range(source, &location));
    let place = |label: &str| source.place(range.clone().unwrap_or(0..0), label);
    match inner {
        Error::SerdeUnknownField { field, expected, .. } => {
            unknown_word("unknown-key", "key", field, expected.iter().copied())
                .at(source.place(key_range(source, range.clone(), field), "unknown key"))
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            unknown_word("unknown-value", "value", variant, expected.iter().copied()).at(place("unknown value"))
        }
        Error::SerdeMissingField { field, .. } => {
            Diagnostic::new("missing-key", format!("the key `{field}` is missing")).at(place("in this mapping"))
        }
        Error::SerdeInvalidType { unexpected, expected, .. } => {
            Diagnostic::new("wrong-type", format!("expected {expected}, found {unexpected}")).at(place("wrong type"))
        }
        Error::SerdeInvalidValue { unexpected, expected, .. } => {
            Diagnostic::new("wrong-value", format!("expected {expected}, found {unexpected}")).at(place("wrong value"))
        }
        Error::InvalidScalar { ty, .. } => {
            Diagnostic::new("wrong-type", format!("this is not a value of the type {ty}")).at(place("wrong type"))
        }
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or("of this mapping");
            Diagnostic::new("duplicate-key", format!("the key `{key}` appears twice in one mapping"))
                .at(place("again here"))
        }
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => Diagnostic::new("file-too-complex", TOO_COMPLEX)
            .at(place("the limit is exceeded here"))
            .hint("write the values without anchors, or split the file"),
        _ => syntax_error(source, inner, range.unwrap_or(0..0)),
    }
}

/// The diagnostic for a word that is not in the list of valid ones. `what` is its kind: `key`, `page`, `preset`.
pub fn unknown_word<'a>(
    code: &str,
    what: &str,
    word: &str,
    valid: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let list = valid.clone().into_iter().collect::<Vec<_>>().join(", ");
    let diagnostic = Diagnostic::new(code, format!("`{word}` is not a valid {what}"));
    let diagnostic = if list.is_empty() { diagnostic } else { diagnostic.note(format!("valid: {list}")) };
    match suggest(word, valid) {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}

/// The byte range of a location that the parser reports.
pub fn yaml_range(source: &Source, location: &Location) -> Range<usize> {
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    if let (Some(start), Some(len)) = (location.span().byte_offset(), location.span().byte_len()) {
        return number(start)..number(start.saturating_add(len));
    }
    let start = source.offset(number(location.line()), number(location.column()));
    start..start
}

fn without_snippet(error: &Error) -> &Error {
    match error {
        Error::WithSnippet { error, .. } | Error::AliasError { error, .. } => without_snippet(error),
        other => other,
    }
}

fn message(error: &Error) -> String {
    UserMessageFormatter.format_message(error).into_owned()
}

/// The byte range of the key, even if the parser points at its value or at the mapping.
fn key_range(source: &Source, range: Option<Range<usize>>, key: &str) -> Range<usize> {
    let range = range.unwrap_or(0..0);
    if source.text().get(range.clone()).is_some_and(|text| text == key) {
        return range;
    }
    let before = source.text().get(..range.start).unwrap_or_default();
    before.rfind(key).map_or(range, |start| start..start + key.len())
}

fn syntax_error(source: &Source, error: &Error, range: Range<usize>) -> Diagnostic {
    if let Some(at) = tab_indentation(source.text(), range.start) {
        return Diagnostic::new("tab-indentation", "a tab is used for indentation")
            .at(source.place(at..at + 1, "this is a tab"))
            .hint("indent with spaces");
    }
    Diagnostic::new("yaml-syntax", message(error)).at(source.place(range, "here"))
}

/// The first tab in the indentation of the line with the error, or of the next line: the parser may stop before it.
fn tab_indentation(text: &str, error: usize) -> Option<usize> {
    let start = text.get(..error)?.rfind('\n').map_or(0, |at| at + 1);
    let mut offset = start;
    for line in text[start..].split_inclusive('\n').take(2) {
        let indentation = &line[..line.len() - line.trim_start().len()];
        if let Some(tab) = indentation.find('\t') {
            return Some(offset + tab);
        }
        offset += line.len();
    }
    None
}

const TOO_COMPLEX: &str = "with its anchors expanded, the file has too many values, levels or documents";

#[cfg(test)]
mod tests;
