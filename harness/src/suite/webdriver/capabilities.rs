//! Adds to the capabilities of a new session (WebDriver, 7.1 "Capabilities processing").

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::suite::browser_arguments::BrowserArguments;

/// What is added to each session request.
#[derive(Debug, Clone)]
pub(super) struct Additions {
    /// Arguments of the browser.
    pub(super) arguments: BrowserArguments,
    /// The browser's binary, used if the suite names no binary or one that is not on this machine.
    pub(super) binary: Option<PathBuf>,
}

/// The browser that a session request names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Browser {
    /// A browser of the Chromium family: it gets the additions.
    Chromium,
    /// Another browser: its request is forwarded unchanged.
    Other(String),
}

impl Additions {
    /// Adds to every Chromium that the request asks for, in the W3C form and in the older `desiredCapabilities`.
    pub(super) fn add_to(&self, request: &mut Value) -> Browser {
        let mut requested = Browser::Chromium;
        if let Some(Value::Object(capabilities)) = request.get_mut("capabilities") {
            requested = self.add_to_w3c(capabilities);
        }
        if let Some(Value::Object(desired)) = request.get_mut("desiredCapabilities")
            && other_browser(desired).is_none()
        {
            self.add_to_set(desired);
        }
        requested
    }

    fn add_to_w3c(&self, capabilities: &mut Map<String, Value>) -> Browser {
        let empty = Map::new();
        let always = capabilities.get("alwaysMatch").and_then(Value::as_object).unwrap_or(&empty);
        if let Some(other) = other_browser(always) {
            return Browser::Other(other);
        }
        let says = |set: &Value| set.get("browserName").is_some() || set.get(OPTIONS).is_some();
        let choices = capabilities.get("firstMatch").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        // A capability may not be in both parts, so ours go where the suite's own options are.
        if always.contains_key(OPTIONS) || !choices.iter().any(says) {
            let always = capabilities.entry("alwaysMatch").or_insert_with(|| json!({}));
            if let Value::Object(always) = always {
                self.add_to_set(always);
            }
            return Browser::Chromium;
        }
        let mut requested = None;
        for choice in capabilities.get_mut("firstMatch").and_then(Value::as_array_mut).into_iter().flatten() {
            let Value::Object(choice) = choice else { continue };
            let other = other_browser(choice).map(Browser::Other);
            if other.is_none() {
                self.add_to_set(choice);
            }
            requested = requested.or(other.or(Some(Browser::Chromium)));
        }
        requested.unwrap_or(Browser::Chromium)
    }

    fn add_to_set(&self, set: &mut Map<String, Value>) {
        let options = set.entry(OPTIONS).or_insert_with(|| json!({}));
        // Options of another form are the suite's mistake; the driver explains it.
        let Value::Object(options) = options else { return };
        let own: Vec<String> = match options.get("args") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(own)) if own.iter().all(Value::is_string) => {
                own.iter().filter_map(|argument| argument.as_str().map(str::to_owned)).collect()
            }
            Some(_) => return,
        };
        options.insert("args".to_owned(), json!(self.arguments.added_to(&own)));
        let named = options.get("binary").and_then(Value::as_str);
        if let Some(binary) = &self.binary
            && !named.is_some_and(|named| Path::new(named).is_file())
            && !options.contains_key("debuggerAddress")
        {
            options.insert("binary".to_owned(), json!(binary));
        }
    }
}

/// The name of a browser that does not read `goog:chromeOptions`. Edge is one, although it is a Chromium.
fn other_browser(set: &Map<String, Value>) -> Option<String> {
    let name = set.get("browserName")?.as_str()?;
    (!CHROMIUM.contains(&name.to_ascii_lowercase().as_str())).then(|| name.to_owned())
}

const OPTIONS: &str = "goog:chromeOptions";
const CHROMIUM: [&str; 4] = ["", "chrome", "chromium", "chrome-headless-shell"];

#[cfg(test)]
mod tests;
