//! Every event passes the [`Redactor`] of its case before it is written.
//!
//! The realm redacts at the source. What comes back from a browser or a suite (texts, URLs, error messages, output) has
//! not passed the realm.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Map, Value};
use vestibule_redactor::Redactor;

use super::RunEvent;

/// The event with every known secret replaced in each of its texts, the output of a suite as [`Redactor::redact_output`]
/// does. Pictures are no texts.
///
/// # Errors
/// Where a secret equals a word of the event format, such as a user whose password is `passed`.
pub(crate) fn redact_event(redactor: &Redactor, event: &RunEvent) -> Result<RunEvent, serde_json::Error> {
    let mut event = event.clone();
    let apart = Apart::take(&mut event);
    let mut event = serde_json::from_value(redact_value(redactor, serde_json::to_value(event)?))?;
    apart.put_back(&mut event, redactor);
    Ok(event)
}

fn redact_value(redactor: &Redactor, value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(redactor.redact(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(|item| redact_value(redactor, item)).collect()),
        Value::Object(fields) => {
            let mut redacted = Map::new();
            for (key, field) in fields {
                let key = if NAMES.contains(&key) { key } else { unused(redactor.redact(&key), &redacted) };
                redacted.insert(key, redact_value(redactor, field));
            }
            Value::Object(redacted)
        }
        other => other,
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

#[cfg(test)]
mod tests;
