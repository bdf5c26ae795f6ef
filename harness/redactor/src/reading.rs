//! Bytes with the places in a text that they were read from.

use std::hash::Hasher;
use std::ops::Range;

/// A text, or what stood in it before an encoding, byte by byte.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    bytes: Vec<u8>,
    /// Where in the text each byte comes from.
    places: Vec<Place>,
    /// The run of encoded characters of which this is a part, where it is one.
    pub(super) run: Option<Range<usize>>,
}

/// Start and end of a place in a text. Most of the time of a search is spent on them, so they are as small as they can be.
type Place = (u32, u32);

/// Texts are shorter ([`LONGEST_TEXT`]).
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn offsets(place: &Range<usize>) -> Place {
    (offset(place.start), offset(place.end))
}

fn index(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// One character, or byte, of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Byte(u8),
    Char(char),
    /// Something that stood between characters.
    Nothing,
}

impl Reading {
    /// The text itself.
    pub(super) fn of_text(text: &str) -> Self {
        Self {
            bytes: text.as_bytes().to_vec(),
            places: (0..text.len()).map(|at| offsets(&(at..at + 1))).collect(),
            run: None,
        }
    }

    /// Bytes of which nobody can say which part of a run they come from.
    pub(super) fn of_run(bytes: Vec<u8>, run: Range<usize>) -> Self {
        Self { places: vec![offsets(&run); bytes.len()], bytes, run: Some(run) }
    }

    /// Nothing yet, in the same run.
    pub(super) fn beside(&self) -> Self {
        Self { run: self.run.clone(), ..Self::default() }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where in the text these bytes come from.
    pub(super) fn place(&self, range: Range<usize>) -> Range<usize> {
        match self.places.get(range) {
            Some([first, .., last]) => index(first.0)..index(last.1),
            Some([only]) => index(only.0)..index(only.1),
            Some([]) | None => 0..0,
        }
    }

    /// Hashes where in the text each of these bytes comes from.
    pub(super) fn hash_places(&self, range: Range<usize>, hasher: &mut impl Hasher) {
        for (start, end) in self.places.get(range).unwrap_or_default() {
            hasher.write_u64((u64::from(*start) << 32) | u64::from(*end));
        }
    }

    /// Where the runs of encoded characters end that were decoded into this reading one after the other.
    pub(super) fn run_ends(&self) -> Vec<usize> {
        let ends = self.places.iter().enumerate().filter(|(_, (start, end))| start == end);
        ends.map(|(at, _)| at).collect()
    }

    /// Adds a byte.
    pub(super) fn push(&mut self, byte: u8, place: Range<usize>) {
        self.bytes.push(byte);
        self.places.push(offsets(&place));
    }

    /// Makes the place of the last byte end here.
    pub(super) fn stretch(&mut self, end: usize) {
        if let Some((_, last)) = self.places.last_mut() {
            *last = offset(end).max(*last);
        }
    }

    /// Adds what stands at one place.
    pub(super) fn push_unit(&mut self, unit: Unit, place: Range<usize>) {
        match unit {
            Unit::Byte(byte) => self.push(byte, place),
            Unit::Char(char) => {
                let mut buffer = [0; 4];
                for byte in char.encode_utf8(&mut buffer).bytes() {
                    self.push(byte, place.clone());
                }
            }
            Unit::Nothing => {}
        }
    }

    /// Adds a part of another reading.
    pub(super) fn extend(&mut self, other: &Self, range: Range<usize>) {
        self.bytes.extend_from_slice(&other.bytes[range.clone()]);
        self.places.extend_from_slice(&other.places[range]);
    }

    /// A part of this reading.
    pub(super) fn part(&self, range: Range<usize>) -> Self {
        let mut part = self.beside();
        part.extend(self, range);
        part
    }

    /// The parts that are text: UTF-8 without control characters, and long enough to hold a secret in an encoding.
    pub(super) fn texts(&self) -> Vec<Self> {
        let mut texts = Vec::new();
        let mut start = 0;
        let mut at = 0;
        let mut end_at = |at: usize, next: usize| {
            if at - start >= SHORTEST_TEXT {
                texts.push(self.part(start..at));
            }
            start = next;
        };
        for chunk in self.bytes.utf8_chunks() {
            for (offset, char) in chunk.valid().char_indices() {
                if char.is_control() && !matches!(char, '\t' | '\n' | '\r' | '\u{1b}') {
                    end_at(at + offset, at + offset + char.len_utf8());
                }
            }
            at += chunk.valid().len();
            if !chunk.invalid().is_empty() {
                end_at(at, at + chunk.invalid().len());
                at += chunk.invalid().len();
            }
        }
        end_at(at, at);
        texts
    }
}

/// A longer text, in bytes, is replaced whole.
pub(super) const LONGEST_TEXT: usize = 1 << 30;

/// The shortest secret in the shortest encoding: four characters, one of them escaped.
const SHORTEST_TEXT: usize = 5;
