//! The last barrier before an event is written: known secrets are replaced, in whatever form they appear.
//!
//! The realm redacts at the source. What comes back from a browser or a suite (texts, URLs, error messages, output) has
//! not passed the realm, so the runner gives every event through a [`Redactor`] that knows the secrets of the case.
//!
//! Forms of a secret are not listed, as the secret maskers of build services do: they are undone. [`layers`] reads a text
//! through escapes, base64, base32, base16, UTF-16, deflate and lists of characters, in any order, and [`needles`] and
//! [`shapes`] search each reading. Every byte of a reading knows its place in the text, and that place is replaced.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::RunEvent;
use layers::Kind;
use needles::Needles;
use reading::Reading;

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
/// few of the encodings that [`layers`] undoes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Redactor {
    needles: Option<Needles>,
}

/// The secrets could not be turned into one search.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RedactorError {
    /// Too many or too long secrets.
    #[error("compile the secrets to redact")]
    Compile(#[source] aho_corasick::BuildError),
    /// A redacted event is no event any more: a secret equals a word of the format.
    #[error("redact an event")]
    Event(#[source] serde_json::Error),
}

impl Redactor {
    /// Knows these secrets. Those shorter than [`SHORTEST`] characters are ignored: replacing each `a` would hide the
    /// report and protect nothing.
    ///
    /// # Errors
    /// Where there are more secrets than a search can have (gigabytes).
    pub(crate) fn new(secrets: Vec<String>) -> Result<Self, RedactorError> {
        let mut secrets = secrets;
        secrets.retain(|secret| secret.chars().count() >= SHORTEST);
        Ok(Self { needles: Needles::new(&secrets).map_err(RedactorError::Compile)? })
    }

    /// The text with every known secret replaced.
    pub(crate) fn redact(&self, text: &str) -> String {
        replaced(text, self.find(text, |_, _| Vec::new()))
    }

    /// As [`Self::redact`], and every SAML assertion replaced: for the output of a command, which may print what it was
    /// sent. The program's own reports show decoded messages, without what would sign anybody in.
    pub(crate) fn redact_output(&self, text: &str) -> String {
        replaced(text, self.find(text, shapes::find_assertions))
    }

    /// The event with every known secret replaced in each of its texts, the output of a suite as [`Self::redact_output`]
    /// does. Pictures are no texts.
    ///
    /// # Errors
    /// Where a secret equals a word of the event format, such as a user whose password is `passed`.
    pub(crate) fn redact_event(&self, event: &RunEvent) -> Result<RunEvent, RedactorError> {
        let mut event = event.clone();
        let apart = Apart::take(&mut event);
        let value = serde_json::to_value(event).map_err(RedactorError::Event)?;
        let mut event = serde_json::from_value(self.redact_value(value)).map_err(RedactorError::Event)?;
        apart.put_back(&mut event, self);
        Ok(event)
    }

    fn redact_value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.redact(&text)),
            Value::Array(items) => Value::Array(items.into_iter().map(|item| self.redact_value(item)).collect()),
            Value::Object(fields) => {
                let mut redacted = Map::new();
                for (key, field) in fields {
                    let key = if NAMES.contains(&key) { key } else { unused(self.redact(&key), &redacted) };
                    redacted.insert(key, self.redact_value(field));
                }
                Value::Object(redacted)
            }
            other => other,
        }
    }

    /// Where the secrets stand in a text, in no order.
    fn find(&self, text: &str, further: fn(Kind, &Reading) -> Vec<Range<usize>>) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        layers::each(text, |kind, reading| {
            found.extend(self.needles.iter().flat_map(|needles| needles.find(kind, reading)));
            found.extend(shapes::find(kind, reading));
            found.extend(further(kind, reading));
        });
        found
    }
}

/// What is not redacted as the other texts of an event are.
#[derive(Default)]
struct Apart {
    output: String,
    screenshot: Option<String>,
    shots: Vec<String>,
}

impl Apart {
    fn take(event: &mut RunEvent) -> Self {
        let RunEvent::CaseFinished { result, .. } = event else { return Self::default() };
        Self {
            output: result.suite.as_mut().map(|suite| std::mem::take(&mut suite.output)).unwrap_or_default(),
            screenshot: result.screenshot.take(),
            shots: result.details.shots.iter_mut().map(|shot| std::mem::take(&mut shot.image)).collect(),
        }
    }

    fn put_back(self, event: &mut RunEvent, redactor: &Redactor) {
        let RunEvent::CaseFinished { result, .. } = event else { return };
        if let Some(suite) = &mut result.suite {
            suite.output = redactor.redact_output(&self.output);
        }
        result.screenshot = self.screenshot;
        for (shot, image) in result.details.shots.iter_mut().zip(self.shots) {
            shot.image = image;
        }
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

/// A key that the object does not have yet: two may be the same once they are redacted.
fn unused(key: String, object: &Map<String, Value>) -> String {
    let numbered = (2..).map(|number| format!("{key} {number}"));
    let free = std::iter::once(key.clone()).chain(numbered).find(|key| !object.contains_key(key));
    free.unwrap_or(key)
}

/// The names of the fields of events. They are the same in every run and tell nothing, and an event without one of them
/// would be none.
static NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut names = BTreeSet::new();
    collect_names(schemars::schema_for!(RunEvent).as_value(), &mut names);
    names
});

fn collect_names(schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            if let Some(properties) = fields.get("properties").and_then(Value::as_object) {
                names.extend(properties.keys().cloned());
            }
            fields.values().for_each(|field| collect_names(field, names));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        _ => {}
    }
}

/// What stands in place of a secret.
pub(crate) const REPLACEMENT: &str = "[redacted]";

/// Shorter secrets, in characters, are not looked for.
pub(crate) const SHORTEST: usize = 4;
