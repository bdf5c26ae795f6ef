//! Keeps the start and the end of any output, however long.

use std::collections::VecDeque;

/// How many bytes of the output are kept, from its start and from its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OutputLimit {
    /// Bytes from the start.
    pub first: usize,
    /// Bytes from the end.
    pub last: usize,
}

impl Default for OutputLimit {
    /// 16 kB from the start, 48 kB from the end.
    fn default() -> Self {
        Self { first: 16 << 10, last: 48 << 10 }
    }
}

/// The kept start and end of an output.
#[derive(Debug)]
pub(super) struct OutputTail {
    limit: OutputLimit,
    first: Vec<u8>,
    last: VecDeque<u8>,
    total: u64,
}

impl OutputTail {
    /// Empty.
    pub(super) fn new(limit: OutputLimit) -> Self {
        Self { limit, first: Vec::new(), last: VecDeque::new(), total: 0 }
    }

    /// Takes the next bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.total = self.total.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let to_first = bytes.len().min(self.limit.first - self.first.len());
        let (first, rest) = bytes.split_at(to_first);
        self.first.extend_from_slice(first);
        let rest = &rest[rest.len().saturating_sub(self.limit.last)..];
        let over = (self.last.len() + rest.len()).saturating_sub(self.limit.last);
        self.last.drain(..over);
        self.last.extend(rest);
    }

    /// Bytes in total, kept or not.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Bytes of the output that [`Self::text`] holds.
    pub(super) fn kept(&self) -> u64 {
        let (first, last) = self.parts();
        u64::try_from(first.len() + last.len()).unwrap_or(u64::MAX)
    }

    /// The kept text; bytes that are not UTF-8 are shown as `\xe4`. Where bytes were left out, a line says how many.
    pub(super) fn text(&self) -> String {
        let (first, last) = self.parts();
        let left_out = self.total - self.kept();
        if left_out == 0 {
            return readable(&[first, &last].concat());
        }
        let (first, last) = (readable(first), readable(&last));
        format!("{first}[... {left_out} bytes left out ...]\n{last}")
    }

    /// The start and the end. Lines that were cut between them, and the part of a wrapped value that is left of a cut one,
    /// are left out entirely: half a secret would not be recognised when the output is redacted.
    fn parts(&self) -> (&[u8], Vec<u8>) {
        let last: Vec<u8> = self.last.iter().copied().collect();
        let held = u64::try_from(self.first.len() + last.len()).unwrap_or(u64::MAX);
        if held == self.total {
            return (&self.first, last);
        }
        let mut first = &self.first[..self.first.iter().rposition(ends_line).map_or(0, |at| at + 1)];
        while let Some(line) = first.split_inclusive(ends_line).next_back().filter(|line| is_of_wrapped_value(line)) {
            first = &first[..first.len() - line.len()];
        }
        let mut last = &last[last.iter().position(ends_line).map_or(last.len(), |at| at + 1)..];
        while let Some(line) = last.split_inclusive(ends_line).next().filter(|line| is_of_wrapped_value(line)) {
            last = &last[line.len()..];
        }
        (first, last.to_vec())
    }
}

/// The bytes as text from which each of them can be read again, as the redactor does.
fn readable(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}

/// Whether a line is nothing but characters of base64 or hexadecimal, as in a private key that is printed on several.
fn is_of_wrapped_value(line: &[u8]) -> bool {
    let value = line.trim_ascii();
    value.len() >= SHORTEST_WRAPPED && value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-:".contains(byte))
}

/// Progress bars end their lines with a carriage return.
fn ends_line(byte: &u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// Nobody wraps values in shorter lines, and words are shorter.
const SHORTEST_WRAPPED: usize = 32;
