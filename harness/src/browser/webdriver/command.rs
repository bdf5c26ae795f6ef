//! Commands beyond the WebDriver core: virtual authenticators, ChromeDriver's CDP bridge and log.

use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::Value;
use url::{ParseError, Url};

/// A command at `/session/{id}` or below it. Its body may hold private keys, so `Debug` does not show it.
pub(in crate::browser) struct ExtensionCommand {
    method: Method,
    path: String,
    body: Option<Value>,
}

impl ExtensionCommand {
    pub(in crate::browser) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), body: None }
    }

    pub(in crate::browser) fn post(path: impl Into<String>, body: Value) -> Self {
        Self { method: Method::POST, path: path.into(), body: Some(body) }
    }

    pub(in crate::browser) fn delete(path: impl Into<String>) -> Self {
        Self { method: Method::DELETE, path: path.into(), body: None }
    }
}

impl WebDriverCompatibleCommand for ExtensionCommand {
    fn endpoint(&self, base_url: &Url, session_id: Option<&str>) -> Result<Url, ParseError> {
        let below = if self.path.is_empty() { String::new() } else { format!("/{}", self.path) };
        base_url.join(&format!("session/{}{below}", session_id.unwrap_or_default()))
    }

    fn method_and_body(&self, _request_url: &Url) -> (Method, Option<String>) {
        (self.method.clone(), self.body.as_ref().map(Value::to_string))
    }
}

impl std::fmt::Debug for ExtensionCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
