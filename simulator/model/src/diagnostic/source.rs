//! Source text with a line index, made from the bytes of a file.

use std::ops::Range;

use super::value::{Diagnostic, Place};

/// A named text whose byte ranges can be turned into places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    name: String,
    text: String,
    line_starts: Vec<usize>,
}

impl Source {
    /// A text with the name that the user gave it. Drops a byte order mark at its start.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let after_newlines = text.match_indices('\n').map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0).chain(after_newlines).collect();
        Self { name: name.into(), text, line_starts }
    }

    /// The name that the user gave it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The place of a byte range. A range outside the text or inside a character is moved to the nearest valid place.
    /// Of a range over several lines, the first line is marked.
    pub fn place(&self, range: Range<usize>, label: impl Into<String>) -> Place {
        let start = floor_boundary(&self.text, range.start);
        let index = self.line_index(start);
        let line = self.line_range(index);
        let start = start.min(line.end);
        let end = floor_boundary(&self.text, range.end).clamp(start, line.end);
        let column = self.text[line.start..start].chars().count();
        let width = self.text[start..end].chars().take(Place::LONGEST_TEXT).count().max(1);
        let text = self.text[line].chars().take(column + width + Place::LONGEST_TEXT).collect();
        Place {
            file: self.name.clone(),
            line: count(index + 1),
            column: count(column + 1),
            width: count(width),
            text,
            label: label.into(),
        }
    }

    /// The number of the line with this byte, from 1.
    pub fn line(&self, offset: usize) -> u32 {
        count(self.line_index(offset) + 1)
    }

    /// The byte offset of a line and a column in characters, both from 1. Values out of range give the nearest valid
    /// offset.
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let line = self.line_range(line.saturating_sub(1).min(self.line_starts.len() - 1));
        let within = self.text[line.clone()].char_indices().nth(column.saturating_sub(1)).map(|(at, _)| at);
        within.map_or(line.end, |at| line.start + at)
    }

    fn line_index(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    fn line_range(&self, index: usize) -> Range<usize> {
        let start = self.line_starts[index];
        let end = self.line_starts.get(index + 1).copied().unwrap_or(self.text.len());
        start..start + self.text[start..end].trim_end_matches(['\n', '\r']).len()
    }
}

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

fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
