//! One browser: navigation, typed input, clicks, cookies, console.

mod authenticators;
mod backend;
mod isolation;
mod pictures;
mod reading;

use std::sync::Arc;
use std::time::Duration;

use fantoccini::Client;
use parking_lot::Mutex;
use serde_json::{Value, json};
use vestibule_model::Secret;

pub(crate) use self::authenticators::AuthenticatorId;
use self::backend::Backend;
pub(super) use self::backend::Way;
pub(crate) use self::reading::Document;
use super::bounds::CommandBounds;
use super::console_line::ConsoleLine;
use super::error::BrowserError;
use super::finder::Finder;
use super::kind::BrowserKind;
use super::open_sessions::OpenSessions;
use super::options::SessionOptions;
use super::page::PageRecorder;
use super::process::DriverProcess;
use super::webdriver::{ExtensionCommand, WebDriverClient};
use crate::authenticator::CredentialStore;

/// A browser session. Every command has a time limit; after an unanswered command, all later ones fail at once.
#[derive(Debug)]
pub struct WebDriverSession {
    backend: Backend,
    webdriver: Arc<WebDriverClient>,
    authenticators: Mutex<Vec<AuthenticatorId>>,
    /// The passkeys of an authenticator that is a script in each page.
    in_page: Arc<Mutex<CredentialStore>>,
    recorder: Mutex<PageRecorder>,
    slow_mo: Duration,
    kind: BrowserKind,
    /// Its driver, if that serves this session only. Both end together.
    driver: Option<DriverProcess>,
}

impl WebDriverSession {
    /// A session that a WebDriver server has opened, and how it is driven.
    pub(super) fn new(client: Client, way: Way, options: &SessionOptions) -> Self {
        let bounds = Arc::new(CommandBounds::new(options.command_limit));
        let webdriver = Arc::new(WebDriverClient::new(client, Arc::clone(&bounds)));
        Self {
            backend: Backend::new(way, &webdriver, &bounds),
            webdriver,
            authenticators: Mutex::default(),
            in_page: Arc::default(),
            recorder: Mutex::new(PageRecorder::new(options.page_copies)),
            slow_mo: options.slow_mo,
            kind: BrowserKind::Chromium,
            driver: None,
        }
    }

    /// Counts it among the open sessions of its server.
    pub(super) fn count_among(&self, open: &OpenSessions) {
        self.webdriver.count_among(open);
    }

    /// The same of a Firefox, with a driver that ends with the session.
    pub(super) fn of_firefox(self, driver: Option<DriverProcess>) -> Self {
        Self { kind: BrowserKind::Firefox, driver, ..self }
    }

    /// Opens a URL and waits until its page is loaded. A refused certificate or connection is not an error: the
    /// browser's own page then says so.
    ///
    /// # Errors
    ///
    /// If the page does not load within the command limit, or the session is lost.
    pub(crate) async fn goto(&self, url: &str) -> Result<(), BrowserError> {
        self.navigate(url).await?;
        self.backend.loaded().await
    }

    /// As [`Self::goto`], but does not wait for loading: for a caller that reads the page next, which waits. If the browser
    /// refuses the URL and shows its own error page, returns why.
    ///
    /// # Errors
    ///
    /// If the page does not come within the command limit, or the session is lost.
    pub(crate) async fn navigate(&self, url: &str) -> Result<Option<String>, BrowserError> {
        self.backend.navigate(url).await
    }

    /// Empties a field and types into it.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Element`] if the field is missing or cannot be typed into.
    pub(crate) async fn type_into(&self, css: &str, text: &Secret) -> Result<(), BrowserError> {
        let typed = self.backend.type_into(Finder::Css(css), text.reveal()).await;
        self.after_input("type into", css, typed).await
    }

    /// Clicks the first element that matches a CSS selector.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Element`] if it is missing or cannot be clicked.
    pub(crate) async fn click(&self, css: &str) -> Result<(), BrowserError> {
        let clicked = self.backend.click(Finder::Css(css)).await;
        self.after_input("click", css, clicked).await
    }

    /// Clicks the first button, link or label whose text contains this one.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Element`] if it is missing or cannot be clicked.
    pub(crate) async fn click_text(&self, text: &str) -> Result<(), BrowserError> {
        let quoted = text.replace('"', "");
        let has = format!("contains(normalize-space(.), \"{quoted}\") or contains(@value, \"{quoted}\")");
        let xpath = format!("(//button[{has}] | //a[{has}] | //label[{has}] | //input[@type=\"submit\"][{has}])[1]");
        let clicked = self.backend.click(Finder::XPath(&xpath)).await;
        self.after_input("click", text, clicked).await
    }

    /// Sets a cookie on the host of the open page.
    ///
    /// # Errors
    ///
    /// If the browser refuses the cookie or the session is lost.
    pub(crate) async fn add_cookie(&self, name: &str, value: &Secret) -> Result<(), BrowserError> {
        if let Backend::WebDriver(window) = &self.backend {
            return window.add_cookie(name, value).await;
        }
        let cookie = json!({ "cookie": { "name": name, "value": value.reveal(), "path": "/", "secure": true } });
        self.extension("set a cookie", ExtensionCommand::post("cookie", cookie)).await.map(drop)
    }

    /// Names of the cookies that the browser would send to this URL.
    ///
    /// # Errors
    ///
    /// If the session is lost, or the browser is a Firefox without WebDriver BiDi.
    pub(crate) async fn cookie_names(&self, url: &str) -> Result<Vec<String>, BrowserError> {
        self.backend.cookie_names(url).await
    }

    /// Requests nothing any more whose URL matches one of these patterns, in which `*` stands for anything.
    ///
    /// # Errors
    ///
    /// If the session is lost, or the browser is not a Chromium.
    pub(crate) async fn block(&self, patterns: &[String]) -> Result<(), BrowserError> {
        self.cdp("Network.enable", json!({})).await?;
        self.cdp("Network.setBlockedURLs", json!({ "urls": patterns })).await.map(drop)
    }

    /// The console messages since the last call, oldest first, as `LEVEL text`. Empty if the driver keeps no log.
    ///
    /// # Errors
    ///
    /// If the session is lost.
    pub(crate) async fn console(&self) -> Result<Vec<ConsoleLine>, BrowserError> {
        self.backend.console().await
    }

    /// From now on keeps the answers of identity providers that the page sends: SAML responses and ID tokens.
    ///
    /// # Errors
    ///
    /// If the browser was not started here, or the session is lost.
    pub(crate) async fn keep_answers(&self) -> Result<(), BrowserError> {
        self.backend.keep_answers().await
    }

    /// The answers since the last call, oldest first: each a URL, its fragment, or the body of a form.
    pub(crate) fn answers(&self) -> Vec<Secret> {
        self.backend.answers()
    }

    /// Whether the beginning of a navigation is seen and waited for; a WebDriver server elsewhere may not do that.
    pub(crate) fn sees_navigations(&self) -> bool {
        self.backend.sees_changes()
    }

    /// Ends the session and its browser.
    ///
    /// # Errors
    ///
    /// If the session is already lost.
    pub async fn close(self) -> Result<(), BrowserError> {
        let closed = self.webdriver.close().await;
        if let Some(driver) = self.driver {
            driver.stop().await;
        }
        closed
    }

    /// Runs a function body that reads the page.
    async fn read(&self, name: &'static str, body: &str) -> Result<Value, BrowserError> {
        self.backend.evaluate(name, body).await
    }

    /// Sends a DevTools command to the page.
    async fn cdp(&self, method: &'static str, params: Value) -> Result<Value, BrowserError> {
        self.backend.cdp(method, params).await
    }

    /// Sends an extension command for the open page, however the page is driven.
    async fn extension(&self, name: &'static str, command: ExtensionCommand) -> Result<Value, BrowserError> {
        self.point_at_page().await?;
        self.webdriver.extension(name, command).await
    }

    /// Points the WebDriver server at the driven tab, if the tab has changed since the last command.
    async fn point_at_page(&self) -> Result<(), BrowserError> {
        match self.backend.window() {
            Some(window) => self.webdriver.switch_to(&window).await,
            None => Ok(()),
        }
    }

    /// Pauses for people who watch, and names the element on which an input failed.
    async fn after_input(
        &self,
        verb: &'static str,
        target: &str,
        result: Result<(), BrowserError>,
    ) -> Result<(), BrowserError> {
        if !self.slow_mo.is_zero() {
            tokio::time::sleep(self.slow_mo).await;
        }
        result.map_err(|error| match error {
            BrowserError::Element { reason, .. } => {
                BrowserError::Element { command: format!("{verb} {target}"), reason }
            }
            other => other,
        })
    }
}
