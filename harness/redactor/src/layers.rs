//! Looks through the encodings of a text, one layer after the other, from the text itself.
//!
//! Nothing here knows how a secret looks in an encoding, or in an encoding of an encoding: every reading is searched for
//! the secrets themselves. An encoding that is missing is a decoder more, and no further form of each secret.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hasher as _};

use super::characters::{keys, logs_of_keys, numbers, typed};
use super::escapes::{ESCAPES, INDENTED_LINE_BREAK, LINE_BREAK, undo};
use super::inflate::inflate;
use super::radix::{Decoded, ENCODINGS, Seen};
use super::reading::Reading;
use super::utf16;

/// What a reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The text, or a text in it.
    Text,
    /// Bytes, of which some may be text.
    Bytes,
    /// Keys of a keyboard as [`typed`] leaves them.
    Keys,
}

/// Calls `look` with every reading of a text. Work and memory are linear in the text: each decoder reads each byte of a
/// layer a fixed number of times, and there are [`DEEPEST`] layers.
pub(super) fn each(text: &str, look: impl FnMut(Kind, &Reading)) {
    let mut layers = Layers { look, depth: 0, queue: VecDeque::new(), seen: HashSet::new(), seen_runs: Seen::new() };
    layers.queue.push_back((0, Reading::of_text(text)));
    while let Some((depth, reading)) = layers.queue.pop_front() {
        (layers.look)(Kind::Text, &reading);
        layers.depth = depth + 1;
        if depth < DEEPEST {
            layers.look_below(&reading);
        }
    }
}

struct Layers<F> {
    look: F,
    /// Of the readings that are added.
    depth: usize,
    /// Texts that wait for their turn, with their depth.
    queue: VecDeque<(usize, Reading)>,
    seen: HashSet<u64>,
    seen_runs: Seen,
}

impl<F: FnMut(Kind, &Reading)> Layers<F> {
    fn look_below(&mut self, reading: &Reading) {
        let logs = logs_of_keys(reading);
        for escape in ESCAPES {
            undo(reading, escape, &logs).into_iter().for_each(|undone| self.add(undone));
        }
        for list in numbers(reading) {
            self.add(list);
        }
        for keys in keys(reading) {
            (self.look)(Kind::Keys, &typed(&keys));
            self.add(keys);
        }
        self.add_utf16(reading);
        for radix in &ENCODINGS {
            for decoded in radix.decode(reading, &mut self.seen_runs) {
                self.add_decoded(&decoded);
            }
        }
    }

    fn add_decoded(&mut self, decoded: &Decoded) {
        for mut text in decoded.bytes.texts() {
            let end = text.place(0..text.bytes().len()).end;
            let run = decoded.runs.partition_point(|run| run.place.end < end);
            text.run = decoded.runs.get(run).map(|run| run.place.clone());
            self.add(text);
        }
        self.add_bytes(&decoded.bytes);
        for inflated in inflate(decoded.bytes.bytes(), &decoded.runs) {
            self.add_bytes(&inflated);
        }
    }

    /// Adds what is text in these bytes, and in them without the ends of lines: a line may have been wrapped inside of a
    /// character.
    fn add_bytes(&mut self, bytes: &Reading) {
        let joined = [LINE_BREAK, INDENTED_LINE_BREAK].into_iter().flat_map(|escape| undo(bytes, escape, &[]));
        for bytes in std::iter::once(bytes.clone()).chain(joined) {
            (self.look)(Kind::Bytes, &bytes);
            bytes.texts().into_iter().for_each(|text| self.add(text));
            self.add_utf16(&bytes);
        }
    }

    fn add_utf16(&mut self, reading: &Reading) {
        for decoded in utf16::decode(reading) {
            (self.look)(Kind::Bytes, &decoded);
            decoded.texts().into_iter().for_each(|text| self.add(text));
        }
    }

    /// Adds a reading for its turn. Escapes that are undone in another order leave the same one; where the places differ, each
    /// of the two may hold more of a secret.
    fn add(&mut self, reading: Reading) {
        if self.seen.insert(digest(&reading)) {
            self.queue.push_back((self.depth, reading));
        }
    }
}

fn digest(reading: &Reading) -> u64 {
    let mut hasher = DefaultHasher::new();
    reading.hash_places(0..reading.bytes().len(), &mut hasher);
    hasher.write(reading.bytes());
    hasher.finish()
}

/// A message that was deflated, encoded in base64, escaped for a URL twice and for JSON twice, in a wrapped line.
const DEEPEST: usize = 6;
