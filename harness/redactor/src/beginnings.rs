//! Which secrets cannot stand in a text, without a search for each.

use std::collections::HashSet;

use super::SHORTEST;
use super::layers::{self, Kind};
use super::needles::{as_typed, beginnings, folded};

/// What may be the beginning of a secret in the texts that were added: each four bytes that follow one another in one of
/// their readings. Of many secrets, nearly all are told apart by that from those that a [`Redactor`](super::Redactor) has to
/// look for, in a small part of the time that it takes to know them.
#[derive(Debug, Clone, Default)]
pub struct Beginnings {
    /// In texts and bytes.
    texts: HashSet<[u8; SHORTEST]>,
    /// In keys of a keyboard.
    keys: HashSet<[u8; SHORTEST]>,
}

impl Beginnings {
    /// Adds those of a text. That takes about as long as to redact it.
    pub fn add(&mut self, text: &str) {
        layers::each(text, |kind, reading| {
            let windows = reading.bytes().windows(SHORTEST).filter_map(start);
            match kind {
                Kind::Keys => self.keys.extend(windows),
                Kind::Text | Kind::Bytes => self.texts.extend(windows.map(|window| window.map(folded))),
            }
        });
    }

    /// Whether a redactor that knows this secret may find it in one of the texts, in whatever encoding.
    pub fn may_hold(&self, secret: &str) -> bool {
        let typed = || as_typed(secret).and_then(|typed| start(&typed)).is_some_and(|typed| self.keys.contains(&typed));
        beginnings(secret).iter().any(|beginning| self.texts.contains(&beginning.map(folded)))
            || (!self.keys.is_empty() && typed())
    }
}

fn start(bytes: &[u8]) -> Option<[u8; SHORTEST]> {
    bytes.first_chunk().copied()
}
