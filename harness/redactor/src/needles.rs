//! What is searched for in each reading of a text.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError};

use super::SHORTEST;
use super::characters::typed;
use super::layers::Kind;
use super::radix::ENCODINGS;
use super::reading::Reading;

/// The known secrets.
#[derive(Debug, Clone)]
pub(super) struct Needles {
    texts: AhoCorasick,
    keys: AhoCorasick,
}

impl Needles {
    /// `None` where nothing is to be looked for.
    pub(super) fn new(secrets: &[String]) -> Result<Option<Self>, BuildError> {
        let mut texts: Vec<Vec<u8>> = secrets.iter().flat_map(|secret| forms(secret)).collect();
        texts.iter_mut().flatten().for_each(|byte| *byte = folded(*byte));
        texts.sort();
        texts.dedup();
        if texts.is_empty() {
            return Ok(None);
        }
        let mut keys: Vec<Vec<u8>> = secrets.iter().filter_map(|secret| as_typed(secret)).collect();
        keys.sort();
        keys.dedup();
        Ok(Some(Self { texts: automaton(&texts)?, keys: automaton(&keys)? }))
    }

    /// Where in the text the secrets of this reading are.
    pub(super) fn find(&self, kind: Kind, reading: &Reading) -> Vec<Range<usize>> {
        let find = |automaton: &AhoCorasick, bytes: &[u8]| {
            let found = automaton.find_overlapping_iter(bytes);
            found.map(|found| reading.place(found.range())).collect()
        };
        match kind {
            Kind::Keys => find(&self.keys, reading.bytes()),
            Kind::Text | Kind::Bytes => {
                let bytes: Vec<u8> = reading.bytes().iter().map(|byte| folded(*byte)).collect();
                find(&self.texts, &bytes)
            }
        }
    }
}

fn automaton(needles: &[Vec<u8>]) -> Result<AhoCorasick, BuildError> {
    // A deterministic automaton would take longer to build than the search takes.
    AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(needles)
}

/// A secret as bytes: in UTF-8, in Latin-1 and UTF-16 where these differ by more than zeros; and of a secret that is an
/// encoding itself, such as a TOTP key in base32 or a private key in base64url, what it encodes, so that it is found in
/// any other encoding.
pub(super) fn forms(secret: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![secret.as_bytes().to_vec()];
    if !secret.is_ascii() {
        forms.extend(secret.chars().map(|char| u8::try_from(u32::from(char)).ok()).collect::<Option<Vec<u8>>>());
        forms.push(secret.encode_utf16().flat_map(u16::to_le_bytes).collect());
        forms.push(secret.encode_utf16().flat_map(u16::to_be_bytes).collect());
    }
    if secret.len() >= SHORTEST_ENCODING {
        let decoded = ENCODINGS.iter().filter_map(|radix| radix.decode_whole(secret));
        forms.extend(decoded.filter(|bytes| bytes.len() >= SHORTEST_ENCODED));
    }
    forms
}

/// The first bytes of each of its forms, and maybe others: nothing is decoded beyond them.
pub(super) fn beginnings(secret: &str) -> Vec<[u8; SHORTEST]> {
    if !secret.is_ascii() {
        return forms(secret).iter().filter_map(|form| form.first_chunk().copied()).collect();
    }
    let bytes = secret.as_bytes();
    let decoded = ENCODINGS.iter().filter_map(|radix| radix.first_bytes(bytes));
    bytes.first_chunk().copied().into_iter().chain(decoded).collect()
}

/// The secret as keys are read; `None` where too little is left of it.
pub(super) fn as_typed(secret: &str) -> Option<Vec<u8>> {
    let typed = typed(&Reading::of_text(secret)).bytes().to_vec();
    (String::from_utf8_lossy(&typed).chars().count() >= SHORTEST).then_some(typed)
}

/// Forms write a space as a plus sign (WHATWG URL 5.2).
pub(super) fn folded(byte: u8) -> u8 {
    if byte == b'+' { b' ' } else { byte }
}

/// Shorter secrets are words rather than encodings.
const SHORTEST_ENCODING: usize = 16;
/// Fewer bytes would be met by chance.
const SHORTEST_ENCODED: usize = 8;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{beginnings, forms};

    proptest! {
        #[test]
        fn every_form_begins_as_its_secret_may(
            secret in prop_oneof!["[ -~]{4,30}", "[ -~äß€😀]{4,30}", "[A-Z2-7]{16,32}=*", "[a-z2-7]{16,32}", "[0-9a-f]{16,40}", "[A-Za-z0-9+/_-]{16,43}=*"],
        ) {
            let beginnings = beginnings(&secret);
            for form in forms(&secret) {
                prop_assert!(form.first_chunk().is_some_and(|first| beginnings.contains(first)), "{form:?}");
            }
        }
    }
}
