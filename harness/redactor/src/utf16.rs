//! UTF-16 of either byte order, from either parity.

use super::reading::{Reading, Unit};

/// The readings of the part in which every other byte is zero, as in UTF-16 of mostly Latin text.
pub(super) fn decode(reading: &Reading) -> Vec<Reading> {
    let bytes = reading.bytes();
    if !bytes.contains(&0) {
        return Vec::new();
    }
    let is_alternating = |window: &[u8]| window[0] == 0 && window[1] != 0 && window[2] == 0;
    let first = bytes.windows(3).position(is_alternating);
    let last = bytes.windows(3).rposition(is_alternating);
    let Some((first, last)) = first.zip(last) else { return Vec::new() };
    let (start, end) = (first.saturating_sub(BESIDE), (last + 3 + BESIDE).min(bytes.len()));
    let orders: [fn([u8; 2]) -> u16; 2] = [u16::from_le_bytes, u16::from_be_bytes];
    let starts = [start, start + 1];
    orders.iter().flat_map(|order| starts.map(|start| decode_from(reading, start, end, *order))).collect()
}

fn decode_from(reading: &Reading, start: usize, end: usize, order: fn([u8; 2]) -> u16) -> Reading {
    let mut decoded = reading.beside();
    let units = reading.bytes()[start..end].chunks_exact(2).map(|pair| order([pair[0], pair[1]]));
    let mut at = start;
    for char in char::decode_utf16(units) {
        let length = char.as_ref().map_or(2, |char| 2 * char.len_utf16());
        decoded.push_unit(char.map_or(Unit::Byte(0), Unit::Char), reading.place(at..at + length));
        at += length;
    }
    decoded
}

/// Bytes before the first and after the last zero that may belong to the text.
const BESIDE: usize = 64;
