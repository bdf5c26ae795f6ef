//! Compressed values: raw deflate as in the SAML Redirect binding (saml-bindings 3.4.4.1), zlib and gzip.

use flate2::{Decompress, FlushDecompress};

use super::radix::DecodedRun;
use super::reading::Reading;

/// What the values that begin in these runs were before they were compressed. Of one that is damaged or cut, the
/// beginning.
pub(super) fn inflate(bytes: &[u8], runs: &[DecodedRun]) -> Vec<Reading> {
    let mut inflater = Decompress::new(false);
    let mut readings = Vec::new();
    for run in runs {
        for start in &run.starts {
            let value = &bytes[*start..run.bytes.end];
            for begin in [Some(0), header(value)].into_iter().flatten() {
                let inflated = raw(&mut inflater, value.get(begin..).unwrap_or_default());
                if inflated.len() >= SHORTEST_INFLATED {
                    readings.push(Reading::of_run(inflated, run.place.clone()));
                }
            }
        }
    }
    readings
}

/// Raw deflate (RFC 1951) up to the first mistake.
fn raw(inflater: &mut Decompress, value: &[u8]) -> Vec<u8> {
    // Bits 1 and 2 are the type of the first block, and there is no type 3.
    if value.len() < SHORTEST_DEFLATED || value[0] & 0b110 == 0b110 {
        return Vec::new();
    }
    let mut inflated = Vec::with_capacity((value.len() * HIGHEST_RATIO).min(LONGEST));
    inflater.reset(false);
    // What was read before a mistake is kept.
    let _ended = inflater.decompress_vec(value, &mut inflated, FlushDecompress::None);
    inflated
}

/// Length of the header of zlib (RFC 1950) or gzip (RFC 1952) at the start of a value.
fn header(value: &[u8]) -> Option<usize> {
    match value {
        [0x1f, 0x8b, 8, flags, ..] => {
            let to_name = if flags & 0b100 == 0 { 10 } else { 12 + usize::from(*value.get(10)?) };
            let texts = (flags >> 3 & 1) + (flags >> 4 & 1);
            let end_of_text = |start: usize| Some(start + value.get(start..)?.iter().position(|byte| *byte == 0)? + 1);
            (0..texts).try_fold(to_name, |start, _| end_of_text(start))
        }
        [first, second, ..] if first & 0x0f == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0 => Some(2),
        _ => None,
    }
}

/// Four characters in fixed codes.
const SHORTEST_DEFLATED: usize = 6;
/// The shortest secret.
const SHORTEST_INFLATED: usize = 4;
/// XML shrinks to a fifth.
const HIGHEST_RATIO: usize = 16;
const LONGEST: usize = 256 << 10;
