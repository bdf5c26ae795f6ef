//! The last barrier before a text is written: known secrets are replaced, in whatever form they appear.
//!
//! Forms of a secret are not listed, as the secret maskers of build services do: they are undone. `layers` reads a text
//! through escapes, base64, base32, base16, UTF-16, deflate and lists of characters, in any order, and `needles` and
//! `shapes` search each reading. Every byte of a reading knows its place in the text, and that place is replaced.
//!
//! A crate of its own because every text of a run passes it: it is optimised in development builds too.
//!
//! ```
//! let redactor = vestibule_redactor::Redactor::new(vec!["correct horse".to_owned()])?;
//!
//! assert_eq!(redactor.redact("Basic cmVwOmNvcnJlY3QgaG9yc2U="), "Basic cmVwO[redacted]=");
//! # Ok::<(), vestibule_redactor::RedactorError>(())
//! ```

use std::ops::Range;

pub use beginnings::Beginnings;
use layers::Kind;
use needles::Needles;
use reading::{LONGEST_TEXT, Reading};

mod beginnings;
mod characters;
mod escapes;
mod inflate;
mod layers;
mod needles;
mod radix;
mod reading;
mod shapes;
#[cfg(test)]
mod tests;
mod utf16;

/// Replaces secrets by `[redacted]`: private keys, tokens and SAML messages by their shape, and known secrets, under any
/// few of the encodings that `layers` undoes.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    needles: Option<Needles>,
}

/// Completes "failed to ...": there are more secrets than one search can have, which is gigabytes.
#[derive(Debug, thiserror::Error)]
#[error("compile the secrets to redact")]
pub struct RedactorError(#[source] aho_corasick::BuildError);

impl Redactor {
    /// Knows these secrets. Those shorter than four characters are ignored: replacing each `a` would hide the
    /// report and protect nothing.
    ///
    /// # Errors
    /// Where there are more secrets than a search can have (gigabytes).
    pub fn new(secrets: Vec<String>) -> Result<Self, RedactorError> {
        let mut secrets = secrets;
        secrets.retain(|secret| secret.chars().count() >= SHORTEST);
        Ok(Self { needles: Needles::new(&secrets).map_err(RedactorError)? })
    }

    /// The text with every known secret replaced.
    pub fn redact(&self, text: &str) -> String {
        replaced(text, self.find(text, |_, _| Vec::new()))
    }

    /// As [`Self::redact`], and every SAML assertion replaced: for the output of a command, which may print what it was
    /// sent. The program's own reports show decoded messages, without what would sign anybody in.
    pub fn redact_output(&self, text: &str) -> String {
        replaced(text, self.find(text, shapes::find_assertions))
    }

    /// Where the secrets stand in a text, in no order.
    fn find(&self, text: &str, further: fn(Kind, &Reading) -> Vec<Range<usize>>) -> Vec<Range<usize>> {
        if text.len() > LONGEST_TEXT {
            let whole = 0..text.len();
            return Vec::from([whole]);
        }
        let mut found = Vec::new();
        layers::each(text, |kind, reading| {
            found.extend(self.needles.iter().flat_map(|needles| needles.find(kind, reading)));
            found.extend(shapes::find(kind, reading));
            found.extend(further(kind, reading));
        });
        found
    }
}

/// The text with `[redacted]` in these places; places that overlap are one.
fn replaced(text: &str, mut places: Vec<Range<usize>>) -> String {
    places.retain(|place| !place.is_empty());
    places.sort_by_key(|place| (place.start, place.end));
    let mut redacted = String::new();
    let mut copied = 0;
    let mut places = places.into_iter().peekable();
    while let Some(place) = places.next() {
        let mut end = place.end;
        while let Some(next) = places.next_if(|next| next.start < end) {
            end = end.max(next.end);
        }
        // A place inside of a character is all of it.
        let start = (copied..=place.start).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(copied);
        redacted.push_str(&text[copied..start]);
        redacted.push_str(REPLACEMENT);
        copied = (end..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    }
    redacted.push_str(&text[copied..]);
    redacted
}

/// What stands in place of a secret.
pub const REPLACEMENT: &str = "[redacted]";

/// Shorter secrets, in characters, are not looked for.
pub(crate) const SHORTEST: usize = 4;
