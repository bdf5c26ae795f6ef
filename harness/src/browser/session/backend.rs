//! How the open page is driven. The only place that distinguishes the two ways.

use std::sync::Arc;

use serde_json::{Value, json};
use vestibule_model::Secret;

use crate::browser::bidi::Bidi;
use crate::browser::bounds::CommandBounds;
use crate::browser::cdp::Tab;
use crate::browser::console_line::ConsoleLine;
use crate::browser::error::BrowserError;
use crate::browser::finder::Finder;
use crate::browser::options::SMALL_PICTURE_OF;
use crate::browser::webdriver::{WebDriverClient, Window};

/// What reaches a browser besides the commands of WebDriver.
#[derive(Debug)]
pub(in crate::browser) enum Way {
    /// DevTools, in a Chromium that was started here.
    DevTools(Tab),
    /// WebDriver BiDi, in a Firefox.
    Bidi(Bidi),
    /// Nothing; a Chromium then takes DevTools commands over the bridge of its driver.
    Commands,
}

/// The way to drive the open page. Every command has a time limit.
#[derive(Debug)]
pub(super) enum Backend {
    /// Over DevTools: a browser that was started here. It reports when a page changes.
    Cdp(Tab, Arc<CommandBounds>),
    /// By WebDriver commands: a Firefox, or a browser behind a URL, which must be polled.
    WebDriver(Window),
}

impl Backend {
    pub(super) fn new(way: Way, webdriver: &Arc<WebDriverClient>, bounds: &Arc<CommandBounds>) -> Self {
        match way {
            Way::DevTools(tab) => Self::Cdp(tab, Arc::clone(bounds)),
            Way::Bidi(bidi) => Self::WebDriver(Window::new(Arc::clone(webdriver), Some(bidi))),
            Way::Commands => Self::WebDriver(Window::new(Arc::clone(webdriver), None)),
        }
    }

    /// Whether the page reports its changes, and the beginning of a navigation is seen.
    pub(super) fn sees_changes(&self) -> bool {
        matches!(self, Self::Cdp(..))
    }

    /// The window to switch to before WebDriver commands to this page, if a switch may be needed.
    pub(super) fn window(&self) -> Option<String> {
        match self {
            Self::Cdp(tab, _) => Some(tab.target()),
            Self::WebDriver(_) => None,
        }
    }

    /// Opens a URL; returns why the browser refuses it. Over DevTools the document then exists, loaded or not.
    pub(super) async fn navigate(&self, url: &str) -> Result<Option<String>, BrowserError> {
        match self {
            Self::Cdp(tab, bounds) => bounds.run("open a page", tab.navigate(url)).await,
            Self::WebDriver(window) => window.navigate(url).await,
        }
    }

    /// Waits until the open document is loaded.
    pub(super) async fn loaded(&self) -> Result<(), BrowserError> {
        match self {
            Self::Cdp(tab, bounds) => bounds.run("open a page", tab.loaded()).await,
            Self::WebDriver(_) => Ok(()),
        }
    }

    /// Waits for the end of a navigation that the last input started.
    pub(super) async fn settled(&self) -> Result<(), BrowserError> {
        match self {
            Self::Cdp(tab, bounds) => bounds.run("read the page", tab.rest()).await,
            Self::WebDriver(_) => Ok(()),
        }
    }

    pub(super) async fn type_into(&self, finder: Finder<'_>, text: &str) -> Result<(), BrowserError> {
        match self {
            Self::Cdp(tab, bounds) => bounds.run("type into", tab.type_into(finder, text)).await,
            Self::WebDriver(window) => window.type_into(finder, text).await,
        }
    }

    pub(super) async fn click(&self, finder: Finder<'_>) -> Result<(), BrowserError> {
        match self {
            Self::Cdp(tab, bounds) => bounds.run("click", tab.click(finder)).await,
            Self::WebDriver(window) => window.click(finder).await,
        }
    }

    /// Runs a function body that reads the page.
    pub(super) async fn evaluate(&self, name: &'static str, body: &str) -> Result<Value, BrowserError> {
        match self {
            Self::Cdp(tab, bounds) => bounds.run(name, tab.evaluate(&format!("(() => {{ {body} }})()"))).await,
            Self::WebDriver(window) => window.execute(name, body).await,
        }
    }

    /// Reads the page, over DevTools once it differs from the known document. `None` while the browser is between two
    /// documents.
    pub(super) async fn read(&self, known: Option<&str>, copied: Option<&str>) -> Result<Option<Value>, BrowserError> {
        match self {
            Self::Cdp(tab, bounds) => bounds.run("read the page", tab.read_change(known, copied)).await,
            Self::WebDriver(window) => window.read(copied).await,
        }
    }

    /// Sends a DevTools command to the page.
    pub(super) async fn cdp(&self, method: &'static str, params: Value) -> Result<Value, BrowserError> {
        match self {
            Self::Cdp(tab, bounds) => bounds.run(method, tab.cdp(method, params)).await,
            Self::WebDriver(window) => window.cdp(method, params).await,
        }
    }

    /// From now on keeps what identity providers let the page send.
    pub(super) async fn keep_answers(&self) -> Result<(), BrowserError> {
        let command = "watch what the page sends";
        match self {
            Self::Cdp(tab, bounds) => bounds.run(command, tab.keep_answers()).await,
            Self::WebDriver(_) => {
                let reason = "a browser that is driven by WebDriver does not tell what it sends".to_owned();
                Err(BrowserError::Refused { command, reason })
            }
        }
    }

    /// What was kept since the last call, oldest first.
    pub(super) fn answers(&self) -> Vec<Secret> {
        match self {
            Self::Cdp(tab, _) => tab.answers(),
            Self::WebDriver(_) => Vec::new(),
        }
    }

    /// Names of the cookies that the browser would send to this URL.
    pub(super) async fn cookie_names(&self, url: &str) -> Result<Vec<String>, BrowserError> {
        if let Self::WebDriver(window) = self
            && let Some(names) = window.cookie_names(url).await?
        {
            return Ok(names);
        }
        let answer = self.cdp("Network.getCookies", json!({ "urls": [url] })).await?;
        let cookies = answer["cookies"].as_array().into_iter().flatten();
        Ok(cookies.filter_map(|cookie| cookie["name"].as_str().map(str::to_owned)).collect())
    }

    /// The upper part of the page at half its size, in base64.
    pub(super) async fn small_picture(&self) -> Result<Value, BrowserError> {
        if let Self::WebDriver(window) = self
            && let Some(picture) = window.small_picture().await?
        {
            return Ok(picture.into());
        }
        let (width, height) = SMALL_PICTURE_OF;
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 0.5 });
        // A quality at which text can be read: about 4 kB.
        let picture = json!({ "format": "webp", "quality": 40, "optimizeForSpeed": true, "clip": clip });
        Ok(self.cdp("Page.captureScreenshot", picture).await?["data"].take())
    }

    /// Puts another document into the open page, which must be empty.
    pub(super) async fn set_document(&self, html: &str) -> Result<(), BrowserError> {
        if let Self::WebDriver(window) = self
            && window.has_bidi()
        {
            return window.set_document(html).await;
        }
        let tree = self.cdp("Page.getFrameTree", json!({})).await?;
        let frame = &tree["frameTree"]["frame"]["id"];
        self.cdp("Page.setDocumentContent", json!({ "frameId": frame, "html": html })).await.map(drop)
    }

    /// From now on, no ceremony in a Firefox is answered. Returns the id of the script that sees to it.
    pub(super) async fn silence_user(&self) -> Result<String, BrowserError> {
        match self {
            Self::WebDriver(window) => window.silence_user().await,
            Self::Cdp(..) => {
                let reason = "a Chromium has virtual authenticators for that".to_owned();
                Err(BrowserError::Refused { command: "silence the user of an authenticator", reason })
            }
        }
    }

    /// From now on, every ceremony in a Firefox is answered by this function, from JSON to JSON. Returns the id of the script
    /// that asks it.
    pub(super) async fn answer_ceremonies(
        &self,
        answer: impl Fn(&str) -> String + Send + 'static,
    ) -> Result<String, BrowserError> {
        match self {
            Self::WebDriver(window) => window.answer_ceremonies(answer).await,
            Self::Cdp(..) => {
                let reason = "a Chromium has virtual authenticators for that".to_owned();
                Err(BrowserError::Refused { command: "answer the ceremonies of pages", reason })
            }
        }
    }

    /// Runs such a script no more in new documents.
    pub(super) async fn remove_script(&self, script: &str) -> Result<(), BrowserError> {
        match self {
            Self::WebDriver(window) => window.remove_script(script).await,
            Self::Cdp(..) => Ok(()),
        }
    }

    /// The console messages since the last call.
    pub(super) async fn console(&self) -> Result<Vec<ConsoleLine>, BrowserError> {
        match self {
            Self::Cdp(tab, _) => Ok(tab.console()),
            Self::WebDriver(window) => window.console().await,
        }
    }
}
