//! How the open page is driven. The only place that distinguishes the two ways.

use std::sync::Arc;

use serde_json::Value;
use vestibule_model::Secret;

use crate::browser::bounds::CommandBounds;
use crate::browser::cdp::Tab;
use crate::browser::console_line::ConsoleLine;
use crate::browser::error::BrowserError;
use crate::browser::finder::Finder;
use crate::browser::webdriver::{WebDriverClient, Window};

/// The way to drive the open page. Every command has a time limit.
#[derive(Debug)]
pub(super) enum Backend {
    /// Over DevTools: a browser that was started here. It reports when a page changes.
    Cdp(Tab, Arc<CommandBounds>),
    /// By WebDriver commands: a browser behind a URL, which must be polled.
    WebDriver(Window),
}

impl Backend {
    pub(super) fn new(tab: Option<Tab>, webdriver: &Arc<WebDriverClient>, bounds: &Arc<CommandBounds>) -> Self {
        match tab {
            Some(tab) => Self::Cdp(tab, Arc::clone(bounds)),
            None => Self::WebDriver(Window::new(Arc::clone(webdriver))),
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
                let reason = "a browser behind a WebDriver URL does not tell what it sends".to_owned();
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

    /// The console messages since the last call.
    pub(super) async fn console(&self) -> Result<Vec<ConsoleLine>, BrowserError> {
        match self {
            Self::Cdp(tab, _) => Ok(tab.console()),
            Self::WebDriver(window) => window.console().await,
        }
    }
}
