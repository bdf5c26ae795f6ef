//! The last barrier before an event is written: known secrets are replaced, in whatever form they appear.
//!
//! The realm redacts at the source. What comes back from a browser (texts, URLs, error messages) did not pass through
//! the realm, so the runner passes every event through a [`Redactor`] that knows the secrets of the case.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use regex::{NoExpand, Regex, RegexBuilder};
use serde_json::Value;

use super::RunEvent;

mod shapes;
#[cfg(test)]
mod tests;

/// Replaces secrets by `[redacted]`: private keys, tokens and SAML messages by their shape, and known secrets as they
/// are, URL-encoded (once or twice), HTML-escaped, JSON-escaped, and in base64 or base64url at any alignment, as in a
/// `Basic` header.
#[derive(Debug, Clone, Default)]
pub(crate) struct Redactor {
    pattern: Option<Regex>,
}

/// The secrets could not be turned into one pattern.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RedactorError {
    /// Too many or too long secrets.
    #[error("compile the secrets to redact")]
    Compile(#[source] regex::Error),
    /// A redacted event is no longer a valid event: a secret equals a word of the format.
    #[error("redact an event")]
    Event(#[source] serde_json::Error),
}

impl Redactor {
    /// A redactor for these secrets. Secrets shorter than [`SHORTEST`] characters are ignored: replacing each `a` would
    /// hide the report and protect nothing.
    ///
    /// # Errors
    /// If the secrets together are larger than a regular expression may be (tens of thousands of characters).
    pub(crate) fn new(secrets: Vec<String>) -> Result<Self, RedactorError> {
        let mut secrets = secrets;
        secrets.retain(|secret| secret.chars().count() >= SHORTEST);
        // The regular expression takes the first alternative that matches, so a secret goes before its own prefix.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();

        let forms: Vec<String> = secrets
            .iter()
            .map(|secret| any_spelling(secret))
            .chain(secrets.iter().flat_map(|secret| base64_cores(secret)).map(|core| any_spelling(&core)))
            .collect();
        if forms.is_empty() {
            return Ok(Self::default());
        }
        let pattern =
            RegexBuilder::new(&forms.join("|")).size_limit(SIZE_LIMIT).build().map_err(RedactorError::Compile)?;
        Ok(Self { pattern: Some(pattern) })
    }

    /// The text with every known secret replaced.
    pub(crate) fn redact(&self, text: &str) -> String {
        let text = shapes::redact(text);
        match &self.pattern {
            Some(pattern) => pattern.replace_all(&text, NoExpand(REPLACEMENT)).into_owned(),
            None => text.into_owned(),
        }
    }

    /// As [`Self::redact`], but also replaces every SAML assertion. For the output of a command, which may print what
    /// it received. The program's own reports show decoded messages without anything that could sign a user in.
    pub(crate) fn redact_output(&self, text: &str) -> String {
        self.redact(&shapes::redact_assertions(text))
    }

    /// The event with every known secret replaced in each of its texts.
    ///
    /// # Errors
    /// If a secret equals a word of the event format, such as the password `passed`.
    pub(crate) fn redact_event(&self, event: &RunEvent) -> Result<RunEvent, RedactorError> {
        let value = serde_json::to_value(event).map_err(RedactorError::Event)?;
        serde_json::from_value(self.redact_value(value)).map_err(RedactorError::Event)
    }

    fn redact_value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.redact(&text)),
            Value::Array(items) => Value::Array(items.into_iter().map(|item| self.redact_value(item)).collect()),
            Value::Object(fields) => {
                Value::Object(fields.into_iter().map(|(key, field)| (key, self.redact_value(field))).collect())
            }
            other => other,
        }
    }
}

/// A pattern for the text in which each character may be spelled in any of the known escapings, mixed freely.
fn any_spelling(text: &str) -> String {
    text.chars().map(any_spelling_of_char).collect()
}

fn any_spelling_of_char(c: char) -> String {
    let literal = regex::escape(&c.to_string());
    if c.is_ascii_alphanumeric() {
        return literal;
    }
    let mut buffer = [0; 4];
    let percent: String = c.encode_utf8(&mut buffer).bytes().map(|byte| format!("%(?:25)?(?i:{byte:02x})")).collect();
    let code = u32::from(c);
    let mut spellings = vec![percent, format!("&#0*{code};"), format!("(?i:&#x0*{code:x};)")];
    let mut units = [0; 2];
    spellings.push(c.encode_utf16(&mut units).iter().map(|unit| format!(r"\\u(?i:{unit:04x})")).collect());
    spellings.extend(NAMED.iter().filter(|(named, _)| *named == c).map(|(_, spelling)| (*spelling).to_owned()));
    spellings.push(literal);
    format!("(?:{})", spellings.join("|"))
}

/// The part of the base64 text that does not depend on the text around the secret, for each of the three alignments.
fn base64_cores(secret: &str) -> Vec<String> {
    (0..3)
        .filter_map(|offset| {
            let mut bytes = vec![0; offset];
            bytes.extend_from_slice(secret.as_bytes());
            let text = STANDARD_NO_PAD.encode(&bytes);
            // A character is certain if all of its six bits come from the secret.
            let first = (offset * 8).div_ceil(6);
            let end = bytes.len() * 8 / 6;
            text.get(first..end).filter(|core| core.len() >= SHORTEST_CORE).map(ToOwned::to_owned)
        })
        .collect()
}

/// Named escapes: HTML, JSON, form encoding, and the two characters in which base64url differs from base64.
const NAMED: &[(char, &str)] = &[
    ('&', "&amp;"),
    ('<', "&lt;"),
    ('>', "&gt;"),
    ('"', "&quot;"),
    ('"', r#"\\""#),
    ('\'', "&apos;"),
    ('\\', r"\\\\"),
    ('/', r"\\/"),
    ('/', "_"),
    ('+', "-"),
    (' ', r"\+"),
];

/// The text that replaces a secret.
pub(crate) const REPLACEMENT: &str = "[redacted]";

/// Secrets with fewer characters are not searched for.
pub(crate) const SHORTEST: usize = 4;

/// Shorter pieces of base64 would match ordinary words.
const SHORTEST_CORE: usize = 5;

/// Bytes of a compiled pattern; a case has a few dozen secrets of a few dozen characters.
const SIZE_LIMIT: usize = 64 << 20;
