//! The open window of a browser that is driven by commands: a Firefox, or a browser behind a WebDriver URL.

use std::collections::BTreeSet;
use std::sync::Arc;

use fantoccini::Locator;
use serde_json::{Value, json};
use url::Url;
use vestibule_model::Secret;

use super::client::WebDriverClient;
use super::command::ExtensionCommand;
use crate::browser::bidi::Bidi;
use crate::browser::console_line::ConsoleLine;
use crate::browser::error::BrowserError;
use crate::browser::finder::Finder;
use crate::browser::options::SMALL_PICTURE_OF;
use crate::browser::page::READ_AND_COPY;

/// The window that the server drives.
#[derive(Debug)]
pub(in crate::browser) struct Window {
    webdriver: Arc<WebDriverClient>,
    /// What a Firefox is told besides commands.
    bidi: Option<Bidi>,
}

impl Window {
    pub(in crate::browser) fn new(webdriver: Arc<WebDriverClient>, bidi: Option<Bidi>) -> Self {
        Self { webdriver, bidi }
    }

    /// Whether the browser is reached by WebDriver BiDi as well.
    pub(in crate::browser) fn has_bidi(&self) -> bool {
        self.bidi.is_some()
    }

    /// Opens a URL and waits until it is loaded. If the browser refuses the URL, it shows its own error page; then returns
    /// why.
    pub(in crate::browser) async fn navigate(&self, url: &str) -> Result<Option<String>, BrowserError> {
        match self.webdriver.command("open a page", self.webdriver.client.goto(url)).await {
            Err(BrowserError::Refused { reason, .. }) if ERROR_PAGES.iter().any(|sign| reason.contains(sign)) => {
                Ok(Some(reason))
            }
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
            // Firefox answers so for a document that is gone.
            other => other.map(|reading| Some(reading).filter(|reading| !reading.is_null())),
        }
    }

    /// A DevTools command over ChromeDriver's bridge.
    pub(in crate::browser) async fn cdp(&self, method: &'static str, params: Value) -> Result<Value, BrowserError> {
        if self.has_bidi() {
            return Err(BrowserError::Refused {
                command: method,
                reason: "Firefox has no DevTools Protocol".to_owned(),
            });
        }
        self.webdriver.cdp(method, params).await
    }

    /// The console messages since the last call, as `LEVEL text`. Empty if the server keeps no log.
    pub(in crate::browser) async fn console(&self) -> Result<Vec<ConsoleLine>, BrowserError> {
        if let Some(bidi) = &self.bidi {
            return Ok(bidi.console());
        }
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

    /// Leaves one empty tab in a new user context, if the browser is reached by WebDriver BiDi.
    pub(in crate::browser) async fn fresh_context(&self) -> Result<(), BrowserError> {
        let Some(bidi) = &self.bidi else { return Ok(()) };
        let (tab, before) = self.webdriver.bounds.run("make a user context", bidi.renew()).await?;
        self.webdriver.switch_to(&tab).await?;
        self.webdriver.bounds.run("end a user context", bidi.close(before)).await
    }

    /// Sets a cookie on the host of the open page.
    pub(in crate::browser) async fn add_cookie(&self, name: &str, value: &Secret) -> Result<(), BrowserError> {
        let command = "set a cookie";
        let Some(bidi) = &self.bidi else {
            let cookie = json!({ "cookie": { "name": name, "value": value.reveal(), "path": "/", "secure": true } });
            return self.webdriver.extension(command, ExtensionCommand::post("cookie", cookie)).await.map(drop);
        };
        // The command of geckodriver sets it for the pages outside of user contexts.
        let host = self.execute(command, "return location.hostname;").await?;
        let host = host.as_str().unwrap_or_default();
        self.webdriver.bounds.run(command, bidi.add_cookie(host, name, value)).await
    }

    /// Names of the cookies that the browser would send to this URL; `None` if it is not reached by WebDriver BiDi.
    pub(in crate::browser) async fn cookie_names(&self, url: &str) -> Result<Option<Vec<String>>, BrowserError> {
        let Some((bidi, url)) = self.bidi.as_ref().zip(Url::parse(url).ok()) else { return Ok(None) };
        self.webdriver.bounds.run("read the cookies", bidi.cookie_names(&url)).await.map(Some)
    }

    /// The upper part of the page at half its size, base64; `None` if the browser is not reached by WebDriver BiDi.
    pub(in crate::browser) async fn small_picture(&self) -> Result<Option<String>, BrowserError> {
        let Some(bidi) = &self.bidi else { return Ok(None) };
        let (width, height) = SMALL_PICTURE_OF;
        self.execute("make the page small", "document.documentElement.style.zoom = '0.5';").await?;
        let picture = bidi.picture((width / 2, height / 2));
        let picture = self.webdriver.bounds.run("take a screenshot", picture).await;
        self.execute("make the page as large as it was", "document.documentElement.style.zoom = '';").await?;
        picture.map(Some)
    }

    /// As [`Bidi::silence_user`]; refused if the browser is not reached by WebDriver BiDi.
    pub(in crate::browser) async fn silence_user(&self) -> Result<String, BrowserError> {
        let command = "silence the user of an authenticator";
        let Some(bidi) = &self.bidi else {
            let reason = "it needs WebDriver BiDi, and the server did not offer it".to_owned();
            return Err(BrowserError::Refused { command, reason });
        };
        self.webdriver.bounds.run(command, bidi.silence_user()).await
    }

    /// As [`Bidi::answer_ceremonies`]; refused if the browser is not reached by WebDriver BiDi.
    pub(in crate::browser) async fn answer_ceremonies(
        &self,
        answer: impl Fn(&str) -> String + Send + 'static,
    ) -> Result<String, BrowserError> {
        let command = "answer the ceremonies of pages";
        let Some(bidi) = &self.bidi else {
            let reason = "it needs WebDriver BiDi, and the server did not offer it".to_owned();
            return Err(BrowserError::Refused { command, reason });
        };
        self.webdriver.bounds.run(command, bidi.answer_ceremonies(answer)).await
    }

    /// As [`Bidi::remove_script`].
    pub(in crate::browser) async fn remove_script(&self, script: &str) -> Result<(), BrowserError> {
        let Some(bidi) = &self.bidi else { return Ok(()) };
        self.webdriver.bounds.run("remove a script", bidi.remove_script(script)).await
    }

    /// Puts another document into the open page, which must be empty.
    pub(in crate::browser) async fn set_document(&self, html: &str) -> Result<(), BrowserError> {
        let name = "draw a page";
        let body = "document.open(); document.write(arguments[0]); document.close();";
        self.webdriver.command(name, self.webdriver.client.execute(body, vec![json!(html)])).await.map(drop)
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

/// What ChromeDriver and geckodriver say when a browser shows an error page of its own.
const ERROR_PAGES: [&str; 2] = ["net::ERR_", "Reached error page"];
