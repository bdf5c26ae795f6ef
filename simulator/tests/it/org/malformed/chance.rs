//! What a draw decides, from its seed, and how it spoils a text.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};

/// The decisions of one draw. Those of the draw that spoils nothing take the first choice each time.
pub(super) struct Chance(Option<ChaCha20Rng>);

impl Chance {
    /// The decisions of this seed.
    pub(super) fn of(seed: u64) -> Self {
        Self(Some(ChaCha20Rng::seed_from_u64(seed)))
    }

    /// Decides nothing and spoils nothing.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// A number below this, or 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let drawn = self.0.as_mut().map_or(0, |rng| usize::try_from(rng.next_u32()).unwrap());
        drawn.checked_rem(end).unwrap_or(0)
    }

    /// Whether one of so many cases is drawn; never, if nothing is spoilt.
    pub(super) fn once_in(&mut self, cases: usize) -> bool {
        self.0.is_some() && self.below(cases) == 0
    }

    pub(super) fn one<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }

    /// A text with one to three faults.
    pub(super) fn spoilt(&mut self, text: &str) -> String {
        String::from_utf8_lossy(&self.spoilt_bytes(text.as_bytes())).into_owned()
    }

    pub(super) fn spoilt_bytes(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        if self.0.is_none() {
            return bytes;
        }
        for _ in 0..=self.below(3) {
            let (one, other) = (self.below(bytes.len() + 1), self.below(bytes.len() + 1));
            let (from, to) = (one.min(other), one.max(other));
            match self.below(8) {
                0 => bytes.truncate(from),
                1 => drop(bytes.drain(from..to)),
                2 => {
                    let part = bytes[from..to].to_vec();
                    bytes.splice(to..to, part);
                }
                3 | 4 => {
                    let odd = self.one(&ODD);
                    bytes.splice(from..from, odd.bytes());
                }
                5 => {
                    let odd = self.one(&ODD);
                    bytes.splice(from..to, odd.bytes());
                }
                6 => {
                    let many = self.one(&ODD).repeat(1 + self.below(2_000));
                    bytes.splice(from..from, many.bytes());
                }
                _ => {
                    let bit = 1_u8 << self.below(8);
                    if let Some(byte) = bytes.get_mut(from) {
                        *byte ^= bit;
                    }
                }
            }
        }
        bytes
    }
}

/// What readers stumble over.
pub(super) const ODD: [&str; 57] = [
    "",
    " ",
    "\0",
    "\r\n",
    "\t",
    "\"",
    "'",
    "\\",
    "\\'",
    "\\u0000",
    "\\ud800",
    "<",
    ">",
    "&",
    "=",
    "%",
    "%00",
    "%zz",
    "%ff",
    "+",
    ";",
    "/",
    "//evil.example",
    "../..",
    "?",
    "#",
    "@",
    "(",
    ")",
    "()",
    "[",
    "{",
    "}",
    "{}",
    "{\"a\":",
    "null",
    "true",
    "NaN",
    "-1",
    "0",
    "1e999",
    "99999999999999999999",
    "٣٤٥",
    "é",
    "\u{202e}",
    "\u{feff}",
    "😀",
    "<!DOCTYPE x [<!ENTITY a \"b\">]>",
    "<!ENTITY % p SYSTEM \"file:///etc/passwd\">",
    "&a;",
    "&#0;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "<a xmlns=\"\">",
    "xmlns:x=\"\"",
    "(SELECT Id FROM User)",
];
