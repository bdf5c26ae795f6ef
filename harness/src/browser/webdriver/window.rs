//! The open window of a browser behind a WebDriver URL, driven by commands alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use fantoccini::Locator;
use serde_json::{Value, json};
use url::Url;

use super::client::WebDriverClient;
use super::command::ExtensionCommand;
use crate::browser::console_line::ConsoleLine;
use crate::browser::error::BrowserError;
use crate::browser::finder::Finder;
use crate::browser::page::READ_AND_COPY;

/// The window that the server drives.
#[derive(Debug)]
pub(in crate::browser) struct Window {
    webdriver: Arc<WebDriverClient>,
}

impl Window {
    pub(in crate::browser) fn new(webdriver: Arc<WebDriverClient>) -> Self {
        Self { webdriver }
    }

    /// Opens a URL and waits until it is loaded. If the browser refuses the URL, it shows its own error page; then returns
    /// why.
    pub(in crate::browser) async fn navigate(&self, url: &str) -> Result<Option<String>, BrowserError> {
        match self.webdriver.command("open a page", self.webdriver.client.goto(url)).await {
            Err(BrowserError::Refused { reason, .. }) if reason.contains("net::ERR_") => Ok(Some(reason)),
            other => other.map(|()| None),
        }
    }

    /// Replaces the content of a field.
    pub(in crate::browser) async fn type_into(&self, finder: Finder<'_>, text: &str) -> Result<(), BrowserError> {
        let typed = async {
            let field = self.webdriver.client.find(locator(finder)).await?;
            field.clear().await?;
            field.send_keys(text).await
        };
        self.webdriver.command("type into", typed).await
    }

    /// Clicks an element.
    pub(in crate::browser) async fn click(&self, finder: Finder<'_>) -> Result<(), BrowserError> {
        let clicked = async { self.webdriver.client.find(locator(finder)).await?.click().await };
        self.webdriver.command("click", clicked).await
    }

    /// Runs a function body that reads the page.
    pub(in crate::browser) async fn execute(&self, name: &'static str, body: &str) -> Result<Value, BrowserError> {
        self.webdriver.command(name, self.webdriver.client.execute(body, Vec::new())).await
    }

    /// Reads the page, and copies the document unless it was the last one copied. `None` while the browser is between
    /// two documents.
    pub(in crate::browser) async fn read(&self, copied: Option<&str>) -> Result<Option<Value>, BrowserError> {
        let read = self.webdriver.client.execute(&READ_AND_COPY, vec![json!(copied)]);
        match self.webdriver.command("read the page", read).await {
            Err(BrowserError::Navigating { .. }) => Ok(None),
            other => other.map(Some),
        }
    }

    /// A DevTools command over ChromeDriver's bridge.
    pub(in crate::browser) async fn cdp(&self, method: &'static str, params: Value) -> Result<Value, BrowserError> {
        self.webdriver.cdp(method, params).await
    }

    /// The console messages since the last call, as `LEVEL text`. Empty if the server keeps no log.
    pub(in crate::browser) async fn console(&self) -> Result<Vec<ConsoleLine>, BrowserError> {
        let log = ExtensionCommand::post("se/log", json!({ "type": "browser" }));
        let entries = match self.webdriver.extension("read the console", log).await {
            Err(BrowserError::Refused { .. } | BrowserError::Navigating { .. }) => return Ok(Vec::new()),
            other => other?,
        };
        let lines = entries.as_array().into_iter().flatten();
        let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let line = |entry: &Value| format!("{} {}", text(entry, "level"), text(entry, "message"));
        Ok(lines.map(|entry| ConsoleLine::of_log(line(entry))).collect())
    }

    /// Clears cookies, cache and the storage of every visited origin, and leaves one new tab with its own
    /// `sessionStorage`, history and `window.name`.
    pub(in crate::browser) async fn reset(&self, visited: BTreeSet<String>) -> Result<(), BrowserError> {
        self.replace_tabs().await?;
        for origin in visited {
            self.cdp("Storage.clearDataForOrigin", json!({ "origin": origin, "storageTypes": "all" })).await?;
        }
        self.cdp("Network.clearBrowserCookies", json!({})).await?;
        self.cdp("Network.clearBrowserCache", json!({})).await?;
        self.console().await.map(drop)
    }

    /// The origins in the history of every window. Storage belongs to origins, and only the history shows which ones
    /// were visited.
    pub(in crate::browser) async fn visited_origins(&self) -> Result<BTreeSet<String>, BrowserError> {
        let client = &self.webdriver.client;
        let mut origins = BTreeSet::new();
        for handle in self.webdriver.command("list the windows", client.windows()).await? {
            self.webdriver.command("switch to a window", client.switch_to_window(handle)).await?;
            let history = self.cdp("Page.getNavigationHistory", json!({})).await?;
            let entries = history["entries"].as_array().into_iter().flatten();
            let urls = entries.filter_map(|entry| Url::parse(entry["url"].as_str()?).ok());
            origins.extend(urls.filter(Url::has_host).map(|url| url.origin().ascii_serialization()));
        }
        Ok(origins)
    }

    async fn replace_tabs(&self) -> Result<(), BrowserError> {
        let client = &self.webdriver.client;
        let old = self.webdriver.command("list the windows", client.windows()).await?;
        let fresh = self.webdriver.command("open a tab", client.new_window(true)).await?;
        for handle in old {
            self.webdriver.command("switch to a window", client.switch_to_window(handle)).await?;
            self.webdriver.command("close a window", client.close_window()).await?;
        }
        self.webdriver.command("switch to a window", client.switch_to_window(fresh.handle)).await
    }
}

fn locator(finder: Finder<'_>) -> Locator<'_> {
    match finder {
        Finder::Css(css) => Locator::Css(css),
        Finder::XPath(xpath) => Locator::XPath(xpath),
    }
}
