//! Which secrets cannot stand in a text, without a search for each.

use std::collections::HashSet;

use super::SHORTEST;
use super::layers::{self, Kind};
use super::needles::{as_typed, folded, forms};

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
        let stands_in = |beginnings: &HashSet<[u8; SHORTEST]>, bytes: &[u8]| {
            start(bytes).is_some_and(|window| beginnings.contains(&window))
        };
        let is_text = |form: &Vec<u8>| {
            let form: Vec<u8> = form.iter().take(SHORTEST).map(|byte| folded(*byte)).collect();
            stands_in(&self.texts, &form)
        };
        let typed = || as_typed(secret).is_some_and(|typed| stands_in(&self.keys, &typed));
        forms(secret).iter().any(is_text) || (!self.keys.is_empty() && typed())
    }
}

fn start(bytes: &[u8]) -> Option<[u8; SHORTEST]> {
    bytes.first_chunk().copied()
}
