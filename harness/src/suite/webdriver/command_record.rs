//! What is recorded about a WebDriver command: no typed text, no scripts, no cookie values.

use http::Method;
use serde_json::Value;

use crate::outcome::WebDriverCommand;
use crate::trace::redact_url;

/// A command as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CommandRecord {
    /// What it asks for.
    pub(super) what: WebDriverCommand,
    /// The selector, the URL, or the name of what is read.
    pub(super) target: Option<String>,
    /// Id of the element that it acts on.
    pub(super) element: Option<String>,
}

/// A command below `/session/{id}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SessionPath<'a> {
    /// Id of the session.
    pub(super) session: &'a str,
    /// Segments below it: `["element", "e1", "click"]`.
    pub(super) below: Vec<&'a str>,
}

impl<'a> SessionPath<'a> {
    /// Reads a path that starts with `/session/`.
    pub(super) fn of(path: &'a str) -> Option<Self> {
        let mut segments = path.split('?').next()?.strip_prefix("/session/")?.split('/');
        let session = segments.next().filter(|id| !id.is_empty())?;
        Some(Self { session, below: segments.collect() })
    }
}

impl CommandRecord {
    /// Describes a command in words. Typed text, scripts and cookie values are left out.
    pub(super) fn of(method: &Method, below: &[&str], body: &[u8]) -> Self {
        let posted = *method == Method::POST;
        let body = || serde_json::from_slice::<Value>(body).unwrap_or_default();
        match below {
            [] => Self::plain(WebDriverCommand::EndSession),
            ["url"] if posted => Self::with(WebDriverCommand::Open, body()["url"].as_str().map(redact_url)),
            ["element"] => Self::with(WebDriverCommand::FindElement, selector(&body())),
            ["elements"] => Self::with(WebDriverCommand::FindElements, selector(&body())),
            ["element", "active"] => Self::plain(other("read active element")),
            ["element" | "shadow", id, "element"] => Self::on(id, WebDriverCommand::FindElementIn, selector(&body())),
            ["element" | "shadow", id, "elements"] => Self::on(id, WebDriverCommand::FindElementsIn, selector(&body())),
            ["element", id, "value"] => Self::on(id, WebDriverCommand::Type, None),
            ["element", id, "attribute" | "property" | "css", name] => {
                Self::on(id, other(format!("read {name}")), None)
            }
            ["element", id, "click"] => Self::on(id, WebDriverCommand::Click, None),
            ["element", id, verb] => Self::on(id, other(element_verb(verb)), None),
            ["cookie"] if posted => {
                Self::with(other("set cookie"), body()["cookie"]["name"].as_str().map(str::to_owned))
            }
            ["cookie", name] => Self::with(other(format!("{} cookie", verb(method))), Some((*name).to_owned())),
            ["execute", kind] => Self::plain(other(format!("script {kind}"))),
            ["goog" | "ms", "cdp", "execute"] => Self::with(other("cdp"), body()["cmd"].as_str().map(str::to_owned)),
            ["webauthn", "authenticator"] => Self::plain(WebDriverCommand::AddAuthenticator),
            ["webauthn", "authenticator", _] => Self::plain(WebDriverCommand::RemoveAuthenticator),
            ["webauthn", "authenticator", _, rest @ ..] => {
                let what = rest.first().copied().unwrap_or_default();
                Self::plain(other(format!("{} authenticator {what}", verb(method))))
            }
            ["back"] => Self::plain(WebDriverCommand::Back),
            ["forward"] => Self::plain(WebDriverCommand::Forward),
            ["refresh"] => Self::plain(WebDriverCommand::Refresh),
            [..] => Self::plain(other(format!("{} {}", verb(method), words(below)))),
        }
    }

    /// The error of a search that found nothing. An empty list is not an error in WebDriver, but it is one for a suite
    /// that waits for an element.
    pub(super) fn found_none(&self, answer: impl FnOnce() -> Value) -> Option<String> {
        if !self.what.finds_many() {
            return None;
        }
        let answer = answer();
        let found = answer.as_array().or_else(|| answer["nodes"].as_array())?;
        found.is_empty().then(|| "found none".to_owned())
    }

    fn plain(what: WebDriverCommand) -> Self {
        Self { what, target: None, element: None }
    }

    fn with(what: WebDriverCommand, target: Option<String>) -> Self {
        Self { what, target, element: None }
    }

    fn on(element: &str, what: WebDriverCommand, target: Option<String>) -> Self {
        Self { what, target, element: Some(element.to_owned()) }
    }
}

fn other(words: impl Into<String>) -> WebDriverCommand {
    WebDriverCommand::Other(words.into())
}

/// `css #password`, `xpath //input`.
fn selector(body: &Value) -> Option<String> {
    let using = body["using"].as_str()?;
    let using = if using == "css selector" { "css" } else { using };
    Some(format!("{using} {}", body["value"].as_str()?))
}

fn element_verb(segment: &str) -> &str {
    match segment {
        "text" => "read text",
        "name" => "read tag",
        "rect" => "read place",
        "displayed" => "is displayed",
        "enabled" => "is enabled",
        "selected" => "is selected",
        "computedrole" => "read role",
        "computedlabel" => "read label",
        "shadow" => "read shadow root",
        "screenshot" => "screenshot",
        other => other,
    }
}

fn verb(method: &Method) -> &'static str {
    match *method {
        Method::GET => "read",
        Method::DELETE => "delete",
        _ => "set",
    }
}

/// The segments that are words of the protocol; ids are left out.
fn words(below: &[&str]) -> String {
    let is_word = |segment: &&&str| !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_lowercase());
    below.iter().filter(is_word).copied().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
