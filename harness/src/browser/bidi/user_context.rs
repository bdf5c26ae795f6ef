//! User contexts of a browser, and the tab that is driven in the newest of them.
//!
//! A user context has its own cookies, storage and cache. The id of a tab is its window handle in the classic commands.

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Value, json};
use url::Url;
use vestibule_model::Secret;

use super::connection::{Connection, PageMessage};
use crate::browser::console_line::ConsoleLine;
use crate::browser::error::BrowserError;

/// A browser whose pages live in a user context that can be replaced.
#[derive(Debug)]
pub(in crate::browser) struct Bidi {
    connection: Arc<Connection>,
    /// Width and height of each tab in CSS pixels.
    viewport: (u32, u32),
    open: Mutex<Option<OpenTab>>,
}

/// The tab that is driven.
#[derive(Debug, Clone)]
struct OpenTab {
    /// Id of the tab.
    tab: String,
    /// Id of its user context.
    user_context: String,
}

impl Bidi {
    /// Connects to a browser; it has no tab that can be driven yet.
    pub(in crate::browser) async fn connect(address: &str, viewport: (u32, u32)) -> Result<Self, BrowserError> {
        let connection = Arc::new(Connection::open(address).await?);
        connection.call("session.subscribe", json!({ "events": ["log.entryAdded", "script.message"] })).await?;
        Ok(Self { connection, viewport, open: Mutex::default() })
    }

    /// Opens one empty tab in a new user context. Returns its window handle, and what [`Self::close`] is to close once the
    /// new one is driven.
    pub(in crate::browser) async fn renew(&self) -> Result<(String, Option<String>), BrowserError> {
        let call = |method, params| self.connection.call(method, params);
        let made = call("browser.createUserContext", json!({})).await?;
        let user_context = text(&made["userContext"]);
        let place = json!({ "type": "tab", "userContext": user_context });
        let tab = text(&call("browsingContext.create", place).await?["context"]);
        let (width, height) = self.viewport;
        let size = json!({ "context": tab, "viewport": { "width": width, "height": height } });
        call("browsingContext.setViewport", size).await?;
        let before = self.open.lock().replace(OpenTab { tab: tab.clone(), user_context });
        Ok((tab, before.map(|before| before.user_context)))
    }

    /// Ends a user context with all its tabs, and forgets what they wrote on the console.
    pub(in crate::browser) async fn close(&self, user_context: Option<String>) -> Result<(), BrowserError> {
        if let Some(user_context) = user_context {
            self.connection.call("browser.removeUserContext", json!({ "userContext": user_context })).await?;
        }
        drop(self.console());
        Ok(())
    }

    /// Names of the cookies that the browser would send to this URL.
    pub(in crate::browser) async fn cookie_names(&self, url: &Url) -> Result<Vec<String>, BrowserError> {
        let open = self.open()?;
        let place = json!({ "partition": { "type": "storageKey", "userContext": open.user_context } });
        let answer = self.connection.call("storage.getCookies", place).await?;
        let cookies = answer["cookies"].as_array().into_iter().flatten().filter(|cookie| fits(cookie, url));
        Ok(cookies.map(|cookie| text(&cookie["name"])).collect())
    }

    /// Sets a cookie on this host.
    pub(in crate::browser) async fn add_cookie(
        &self,
        host: &str,
        name: &str,
        value: &Secret,
    ) -> Result<(), BrowserError> {
        let value = json!({ "type": "string", "value": value.reveal() });
        let cookie = json!({
            "cookie": { "name": name, "value": value, "domain": host, "path": "/", "secure": true },
            "partition": { "type": "storageKey", "userContext": self.open()?.user_context },
        });
        self.connection.call("storage.setCookie", cookie).await.map(drop)
    }

    /// A picture of the upper part of the page, base64.
    pub(in crate::browser) async fn picture(&self, (width, height): (u32, u32)) -> Result<String, BrowserError> {
        let clip = json!({ "type": "box", "x": 0, "y": 0, "width": width, "height": height });
        let picture = json!({
            "context": self.open()?.tab, "clip": clip, "format": { "type": "image/webp", "quality": 0.4 },
        });
        Ok(text(&self.connection.call("browsingContext.captureScreenshot", picture).await?["data"]))
    }

    /// From now on, no ceremony in the tab is answered. Returns the id of the script that sees to it.
    pub(in crate::browser) async fn silence_user(&self) -> Result<String, BrowserError> {
        let script = json!({ "functionDeclaration": SILENT_USER, "contexts": [self.open()?.tab] });
        Ok(text(&self.connection.call("script.addPreloadScript", script).await?["script"]))
    }

    /// From now on, every ceremony in the tab is answered by this function, from JSON to JSON. Returns the id of the script that
    /// asks it.
    pub(in crate::browser) async fn answer_ceremonies(
        &self,
        answer: impl Fn(&str) -> String + Send + 'static,
    ) -> Result<String, BrowserError> {
        let mut messages = self.connection.messages();
        let connection = Arc::downgrade(&self.connection);
        tokio::spawn(async move {
            while let Some(PageMessage { text, realm }) = messages.recv().await {
                let Some(connection) = connection.upgrade() else { return };
                let call = json!({
                    "functionDeclaration": "(answer) => globalThis[Symbol.for('ceremony answered')](answer)",
                    "arguments": [{ "type": "string", "value": answer(&text) }],
                    "target": { "realm": realm },
                    "awaitPromise": false,
                });
                // The page may have left.
                let _unheard = connection.call("script.callFunction", call).await;
            }
        });
        let channel = json!({ "type": "channel", "value": { "channel": "ceremonies" } });
        let script = json!({
            "functionDeclaration": IN_PAGE_AUTHENTICATOR, "arguments": [channel], "contexts": [self.open()?.tab],
        });
        Ok(text(&self.connection.call("script.addPreloadScript", script).await?["script"]))
    }

    /// Runs a script no more in new documents.
    pub(in crate::browser) async fn remove_script(&self, script: &str) -> Result<(), BrowserError> {
        self.connection.call("script.removePreloadScript", json!({ "script": script })).await.map(drop)
    }

    /// The console messages since the last call.
    pub(in crate::browser) fn console(&self) -> Vec<ConsoleLine> {
        self.connection.console()
    }

    fn open(&self) -> Result<OpenTab, BrowserError> {
        let none = || BrowserError::Lost { command: "find the open tab", reason: "there is none".to_owned() };
        self.open.lock().clone().ok_or_else(none)
    }
}

/// Whether a cookie is sent to this URL (RFC 6265, 5.4).
fn fits(cookie: &Value, url: &Url) -> bool {
    let (host, path) = (url.host_str().unwrap_or_default(), url.path());
    let domain = text(&cookie["domain"]);
    let of_host = match domain.strip_prefix('.') {
        Some(parent) => host == parent || host.ends_with(&domain),
        None => host == domain,
    };
    let of_path = match cookie["path"].as_str() {
        None | Some("/") => true,
        Some(prefix) => path
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || prefix.ends_with('/') || rest.starts_with('/')),
    };
    of_host && of_path && (cookie["secure"] != true || url.scheme() == "https")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

const SILENT_USER: &str = include_str!("silent_user.js");
const IN_PAGE_AUTHENTICATOR: &str = include_str!("in_page_authenticator.js");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_sent_to_its_host_its_path_and_only_over_https_if_it_is_secure() {
        let cookie =
            |domain: &str, path: &str, secure: bool| json!({ "domain": domain, "path": path, "secure": secure });
        let rows = [
            (cookie("my.acme.localhost", "/", true), "https://my.acme.localhost:8443/a", true),
            (cookie("my.acme.localhost", "/", true), "http://my.acme.localhost/", false),
            (cookie("acme.localhost", "/", false), "https://my.acme.localhost/", false),
            (cookie(".acme.localhost", "/", false), "https://my.acme.localhost/", true),
            (cookie(".acme.localhost", "/", false), "https://acme.localhost/", true),
            (cookie(".acme.localhost", "/", false), "https://notacme.localhost/", false),
            (cookie("acme.localhost", "/secur", false), "https://acme.localhost/secur/login", true),
            (cookie("acme.localhost", "/secur", false), "https://acme.localhost/security", false),
        ];
        for (cookie, url, sent) in rows {
            assert_eq!(fits(&cookie, &url.parse().unwrap()), sent, "{cookie} {url}");
        }
    }
}
