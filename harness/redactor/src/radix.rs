//! Base64, base32 and base16 (RFC 4648) in any alphabet, wrapping and grouping, wherever they begin.
//!
//! Crates decode a whole value that begins at its first character. Here the beginning is unknown, and each byte needs
//! the place that it comes from.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::Range;

use super::SHORTEST;
use super::reading::Reading;

/// One of the encodings.
#[derive(Debug)]
pub(super) struct Radix {
    /// Bits of a character.
    bits: usize,
    /// After so many characters a byte begins where a character does. A run may begin anywhere in such a group.
    group: usize,
    value: fn(u8) -> Option<u8>,
    /// How many bytes at the start of these stand between two characters.
    gap: fn(&[u8]) -> usize,
    /// Whether a run is in one case.
    one_case: bool,
    /// Characters that hold a secret of the shortest length.
    shortest: usize,
}

/// Every encoding.
pub(super) static ENCODINGS: [Radix; 3] = [
    Radix { bits: 6, group: 4, value: base64, gap: line_break, one_case: false, shortest: 6 },
    Radix { bits: 5, group: 8, value: base32, gap: between_groups, one_case: true, shortest: 7 },
    Radix { bits: 4, group: 2, value: base16, gap: between_bytes, one_case: false, shortest: 8 },
];

/// All runs of one encoding in a reading, decoded from the same bit on.
#[derive(Debug)]
pub(super) struct Decoded {
    /// The bytes of one run after the other.
    pub(super) bytes: Reading,
    pub(super) runs: Vec<DecodedRun>,
}

/// One run.
#[derive(Debug)]
pub(super) struct DecodedRun {
    /// Which of the bytes are its own.
    pub(super) bytes: Range<usize>,
    /// Where a value may begin: at the start of the run, and of its first lines.
    pub(super) starts: Vec<usize>,
    /// Where it stands in the text, with its padding.
    pub(super) place: Range<usize>,
}

/// Runs that were decoded before, by what they hold and where.
pub(super) type Seen = HashSet<u64>;

impl Radix {
    /// Decodes every run that is not in `seen`, from each bit at which a byte may begin.
    pub(super) fn decode(&self, reading: &Reading, seen: &mut Seen) -> Vec<Decoded> {
        let mut runs = self.runs(reading);
        runs.retain(|run| seen.insert(run.digest(reading, self.bits)));
        if runs.is_empty() {
            return Vec::new();
        }
        (0..self.group).map(|symbol| self.decode_from(symbol * self.bits % 8, reading, &runs)).collect()
    }

    /// The bytes that the whole text stands for.
    pub(super) fn decode_whole(&self, text: &str) -> Option<Vec<u8>> {
        let reading = Reading::of_text(text.trim_end_matches('='));
        let [run]: [Run; 1] = self.runs(&reading).try_into().ok()?;
        let whole = run.symbols.len() == reading.bytes().len();
        whole.then(|| self.decode_from(0, &reading, &[run]).bytes.bytes().to_vec()).map(|mut bytes| {
            // The separator after the run.
            bytes.pop();
            bytes
        })
    }

    /// The first bytes that a text stands for, if it is of this encoding as a whole.
    pub(super) fn first_bytes(&self, text: &[u8]) -> Option<[u8; SHORTEST]> {
        let (mut bits, mut held) = (0_u64, 0);
        for byte in text.iter().take(self.shortest) {
            bits = (bits << self.bits) | u64::from((self.value)(*byte)?);
            held += self.bits;
        }
        let [.., first, second, third, fourth] = (bits >> held.checked_sub(8 * SHORTEST)?).to_be_bytes();
        Some([first, second, third, fourth])
    }

    fn runs(&self, reading: &Reading) -> Vec<Run> {
        let bytes = reading.bytes();
        let mut runs = Vec::new();
        let mut run = Run::default();
        let mut at = 0;
        while at < bytes.len() {
            let gap = if run.symbols.is_empty() { 0 } else { (self.gap)(&bytes[at..]) };
            if gap > 0 {
                at += gap;
                run.starts.push(run.symbols.len());
            } else if let Some(value) = (self.value)(bytes[at]) {
                if self.one_case && run.is_other_case(bytes[at]) {
                    // Digits between the two cases may belong to either run.
                    let digits = run.symbols.iter().rposition(|(_, at)| Case::of(bytes[*at]).is_some());
                    let digits = run.symbols[digits.map_or(0, |last| last + 1)..].to_vec();
                    self.end(&mut runs, &mut run, bytes);
                    run.symbols = digits;
                }
                run.symbols.push((value, at));
                run.case = run.case.or_else(|| Case::of(bytes[at]));
                at += 1;
            } else {
                self.end(&mut runs, &mut run, bytes);
                at += 1;
            }
        }
        self.end(&mut runs, &mut run, bytes);
        runs
    }

    fn end(&self, runs: &mut Vec<Run>, run: &mut Run, bytes: &[u8]) {
        let mut ended = std::mem::take(run);
        if ended.symbols.len() >= self.shortest {
            let after = ended.symbols.last().map_or(0, |(_, at)| at + 1);
            ended.end = after + bytes[after..].iter().take_while(|byte| **byte == b'=').count();
            runs.push(ended);
        }
    }

    /// The bits before `phase` belong to a byte whose beginning is not in the run.
    fn decode_from(&self, phase: usize, reading: &Reading, runs: &[Run]) -> Decoded {
        let mut decoded = Decoded { bytes: Reading::default(), runs: Vec::new() };
        for run in runs {
            let first = decoded.bytes.bytes().len();
            let symbols = &run.symbols;
            let (mut bits, mut held, mut skipped) = (0_u32, 0, phase);
            for (index, (value, at)) in symbols.iter().enumerate() {
                bits = (bits << self.bits) | u32::from(*value);
                held += self.bits;
                if held >= skipped {
                    held -= skipped;
                    bits &= (1 << held) - 1;
                    skipped = 0;
                }
                if skipped == 0 && held >= 8 {
                    held -= 8;
                    let byte = bits >> held;
                    bits &= (1 << held) - 1;
                    // The first character that has a bit of this byte.
                    let (_, start) = symbols[((index + 1) * self.bits - held - 8) / self.bits];
                    decoded.bytes.push(u8::try_from(byte & 0xff).unwrap_or_default(), reading.place(start..at + 1));
                }
            }
            let last = decoded.bytes.bytes().len();
            let starts = std::iter::once(0).chain(run.starts.iter().copied());
            let starts = starts.filter(|start| start * self.bits % 8 == phase).take(MOST_STARTS);
            let starts = starts.map(|start| first + start * self.bits / 8).filter(|start| *start < last);
            let place = reading.place(run.symbols[0].1..run.end);
            decoded.runs.push(DecodedRun { bytes: first..last, starts: starts.collect(), place: place.clone() });
            decoded.bytes.push(SEPARATOR, place.end..place.end);
        }
        decoded
    }
}

/// Characters of one encoding with nothing but gaps between them.
#[derive(Debug, Default)]
struct Run {
    /// Value and index of each.
    symbols: Vec<(u8, usize)>,
    /// The symbols that stand after a gap.
    starts: Vec<usize>,
    case: Option<Case>,
    /// Index after its padding.
    end: usize,
}

impl Run {
    fn is_other_case(&self, byte: u8) -> bool {
        matches!((self.case, Case::of(byte)), (Some(own), Some(other)) if own != other)
    }

    fn digest(&self, reading: &Reading, bits: usize) -> u64 {
        let mut hasher = DefaultHasher::new();
        bits.hash(&mut hasher);
        reading.hash_places(self.symbols.first().map_or(0, |(_, at)| *at)..self.end, &mut hasher);
        hasher.write(&self.symbols.iter().map(|(value, _)| *value).collect::<Vec<u8>>());
        hasher.finish()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Upper,
    Lower,
}

impl Case {
    fn of(byte: u8) -> Option<Self> {
        match byte {
            b'A'..=b'Z' => Some(Self::Upper),
            b'a'..=b'z' => Some(Self::Lower),
            _ => None,
        }
    }
}

fn base64(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

fn base32(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a'),
        b'2'..=b'7' => Some(byte - b'2' + 26),
        _ => None,
    }
}

fn base16(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// A wrapped line, indented or not.
fn line_break(bytes: &[u8]) -> usize {
    let blank = bytes.iter().take(LONGEST_GAP).take_while(|byte| byte.is_ascii_whitespace()).count();
    if bytes[..blank].contains(&b'\n') || bytes[..blank].contains(&b'\r') { blank } else { 0 }
}

/// A space, which forms write as a plus sign, or a dash between groups, and a wrapped line.
fn between_groups(bytes: &[u8]) -> usize {
    match bytes {
        [b'-' | b'+', ..] => 1,
        _ => bytes.iter().take(LONGEST_GAP).take_while(|byte| byte.is_ascii_whitespace()).count(),
    }
}

/// What people and programs write between bytes: `68:75`, `68 75`, `0x68, 0x75`.
fn between_bytes(bytes: &[u8]) -> usize {
    let is_gap = |byte: &&u8| byte.is_ascii_whitespace() || b":,;.-_|+".contains(byte);
    let separators = bytes.iter().take(LONGEST_GAP).take_while(is_gap).count();
    match bytes[separators..] {
        [b'0', b'x' | b'X', ..] => separators + 2,
        _ => separators,
    }
}

/// Stands between runs, and is part of no text.
const SEPARATOR: u8 = 0xff;
/// Lines at whose start a value may begin: words before it may look like a part of the run.
const MOST_STARTS: usize = 4;
/// Longer indentation separates.
const LONGEST_GAP: usize = 64;
