//! Replays the seeds of a fuzzer, and mutations of them, through the function that it fuzzes.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};

/// Calls a reader, which says whether it accepts its input, with each seed of a target in `harness/fuzz/seeds/`, and with
/// so many mutations of them, the same in every run.
///
/// # Panics
///
/// If there are no seeds, none is accepted, or the reader panics.
pub fn replay(target: &str, mutations: usize, read: impl Fn(&[u8]) -> bool) {
    let seeds = seeds(target);
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mutated: Vec<Vec<u8>> = (0..mutations).map(|_| mutated(&seeds, &mut rng)).collect();
    let accepted = |input: &Vec<u8>| {
        let read = catch_unwind(AssertUnwindSafe(|| read(input)));
        read.unwrap_or_else(|_| panic!("{target} panics on {:?}", String::from_utf8_lossy(input)))
    };
    assert!(seeds.iter().filter(|seed| accepted(seed)).count() > 0, "no seed of {target} is read to its end");
    for input in &mutated {
        accepted(input);
    }
}

/// The seeds of a target, in the order of their names.
///
/// # Panics
///
/// If there are none.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../harness/fuzz/seeds").join(target);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = files.map(|file| file.expect("invariant: the folder can be read").path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files.iter().map(|file| fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))).collect()
}

fn mutated(seeds: &[Vec<u8>], rng: &mut ChaCha20Rng) -> Vec<u8> {
    let mut bytes = seeds[below(seeds.len(), rng)].clone();
    for _ in 0..=below(4, rng) {
        let at = below(bytes.len() + 1, rng);
        let end = (at + below(LONGEST_PART, rng)).min(bytes.len());
        match below(6, rng) {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << below(8, rng);
                }
            }
            1 => {
                drop(bytes.drain(at..end));
            }
            2 => {
                let part = bytes[at..end].repeat(below(MOST_REPEATS, rng));
                drop(bytes.splice(at..at, part));
            }
            3 => {
                let token = TOKENS[below(TOKENS.len(), rng)];
                drop(bytes.splice(at..end, token.bytes()));
            }
            4 => {
                let other = &seeds[below(seeds.len(), rng)];
                bytes.truncate(at);
                bytes.extend_from_slice(&other[below(other.len() + 1, rng)..]);
            }
            _ => rng.fill_bytes(&mut bytes[at..end]),
        }
    }
    bytes.truncate(LARGEST);
    bytes
}

/// A number below this one, or 0.
fn below(limit: usize, rng: &mut ChaCha20Rng) -> usize {
    let limit = u32::try_from(limit).unwrap_or(u32::MAX).max(1);
    usize::try_from(rng.next_u32() % limit).unwrap_or_default()
}

const LONGEST_PART: usize = 40;
const MOST_REPEATS: usize = 30;
const LARGEST: usize = 64 * 1024;
/// What readers of XML, JSON, YAML, base64, URLs and queries look for.
const TOKENS: &[&str] = &[
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE a [",
    "<?xml version=\"1.0\"?>",
    "<a>",
    "</a>",
    "<a/>",
    "&amp;",
    "&#0;",
    "&e;",
    " xmlns=\"\"",
    " ID=\"_1\"",
    "\"",
    "'",
    "\\",
    "\\u0000",
    "\\ud800",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "-1",
    "1e999",
    "18446744073709551616",
    "true",
    "%",
    "%00",
    "%ff",
    "&",
    "=",
    "+",
    "..",
    ".",
    "\0",
    "\n",
    "\r\n",
    "\t",
    "- ",
    "&a ",
    "*a",
    "!!binary ",
    "|",
    ">",
    "(",
    ")",
    " OR ",
    " AND ",
    "NOT ",
    "LIKE '%'",
    "LIMIT 0",
    "é",
    "\u{feff}",
    "\u{202e}",
    "9999-12-31T23:59:59Z",
    "0000-00-00T00:00:00Z",
    "urn:oasis:names:tc:SAML:2.0:assertion",
    "none",
    "RS256",
];
