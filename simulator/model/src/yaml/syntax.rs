//! Limits against hostile files, and the errors of the parser as diagnostics.

use std::ops::Range;

use serde_saphyr::{Error, Location, MessageFormatter, Options, UserMessageFormatter};

use crate::diagnostic::{Diagnostic, Source};

/// The options for every YAML file of a user. Small budgets refuse an anchor bomb or nonsense early; duplicate keys are
/// errors.
pub(super) fn options() -> Options {
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

/// An error of the parser as a diagnostic with its place.
pub(super) fn diagnostic(source: &Source, error: &Error) -> Diagnostic {
    let inner = without_snippet(error);
    let range = inner.location().map(|location| range_of(source, &location));
    let place = |label: &str| source.place(range.clone().unwrap_or(0..0), label);
    match inner {
        Error::SerdeInvalidType { unexpected, expected, .. } => {
            Diagnostic::new("wrong-type", format!("expected {expected}, found {unexpected}")).at(place("wrong type"))
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

/// The byte range of a location that the parser reports.
pub(super) fn range_of(source: &Source, location: &Location) -> Range<usize> {
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
