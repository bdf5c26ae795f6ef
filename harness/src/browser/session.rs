//! One browser: navigation, typed input, clicks, cookies, console.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fantoccini::error::CmdError;
use fantoccini::wd::WindowHandle;
use fantoccini::{Client, Locator};
use parking_lot::Mutex;
use serde_json::{Value, json};
use vestibule_model::Secret;

use super::command::ExtensionCommand;
use super::driver::SessionOptions;
use super::error::BrowserError;
use super::film::Film;
use super::tab::{Finder, Tab};
use super::webauthn::AuthenticatorId;

/// A WebDriver session. Every command is bounded in time; after one that was not answered, all others fail at once.
#[derive(Debug)]
pub struct WebDriverSession {
    pub(super) client: Client,
    /// The faster way to a browser that was started here.
    pub(super) tab: Option<Tab>,
    /// The window that the driver was last told to drive.
    window: tokio::sync::Mutex<Option<String>>,
    pub(super) authenticators: Mutex<Vec<AuthenticatorId>>,
    pub(super) film: Mutex<Film>,
    limit: Duration,
    slow_mo: Duration,
    lost: AtomicBool,
}

impl WebDriverSession {
    pub(super) fn new(client: Client, tab: Option<Tab>, options: &SessionOptions) -> Self {
        Self {
            client,
            window: tokio::sync::Mutex::default(),
            tab,
            authenticators: Mutex::default(),
            film: Mutex::new(Film::new(options.film)),
            limit: options.command_limit,
            slow_mo: options.slow_mo,
            lost: AtomicBool::new(false),
        }
    }

    /// Opens a URL and waits until its page is loaded. A refused certificate or connection is no error: the page says so
    /// then.
    ///
    /// # Errors
    ///
    /// When the page does not load within the command limit, or the session is lost.
    pub async fn goto(&self, url: &str) -> Result<(), BrowserError> {
        self.navigate(url).await?;
        match &self.tab {
            Some(tab) => self.bounded("open a page", tab.loaded()).await,
            None => Ok(()),
        }
    }

    /// As [`Self::goto`], for a caller that reads the page next, which waits until it is loaded.
    ///
    /// # Errors
    ///
    /// When the page does not come within the command limit, or the session is lost.
    pub async fn navigate(&self, url: &str) -> Result<(), BrowserError> {
        if let Some(tab) = &self.tab {
            return self.bounded("open a page", tab.navigate(url)).await;
        }
        match self.command("open a page", self.client.goto(url)).await {
            Err(BrowserError::Refused { reason, .. }) if reason.contains("net::ERR_") => Ok(()),
            other => other,
        }
    }

    /// Empties a field and types into it.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Element`] where the field is missing or cannot be typed into.
    pub async fn type_into(&self, css: &str, text: &Secret) -> Result<(), BrowserError> {
        let verb = "type into";
        let typed = match &self.tab {
            Some(tab) => self.bounded(verb, tab.type_into(Finder::Css(css), text.reveal())).await,
            None => {
                let typed = async {
                    let field = self.client.find(Locator::Css(css)).await?;
                    field.clear().await?;
                    field.send_keys(text.reveal()).await
                };
                self.command(verb, typed).await
            }
        };
        self.after_input(verb, css, typed).await
    }

    /// Clicks the first element that fits a CSS selector.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Element`] where it is missing or cannot be clicked.
    pub async fn click(&self, css: &str) -> Result<(), BrowserError> {
        let clicked = match &self.tab {
            Some(tab) => self.bounded("click", tab.click(Finder::Css(css))).await,
            None => self.command("click", async { self.client.find(Locator::Css(css)).await?.click().await }).await,
        };
        self.after_input("click", css, clicked).await
    }

    /// Clicks the first button, link or label whose text contains this one.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Element`] where it is missing or cannot be clicked.
    pub async fn click_text(&self, text: &str) -> Result<(), BrowserError> {
        let quoted = text.replace('"', "");
        let has = format!("contains(normalize-space(.), \"{quoted}\") or contains(@value, \"{quoted}\")");
        let xpath = format!("(//button[{has}] | //a[{has}] | //label[{has}] | //input[@type=\"submit\"][{has}])[1]");
        let clicked = match &self.tab {
            Some(tab) => self.bounded("click", tab.click(Finder::XPath(&xpath))).await,
            None => {
                let click = async { self.client.find(Locator::XPath(&xpath)).await?.click().await };
                self.command("click", click).await
            }
        };
        self.after_input("click", text, clicked).await
    }

    /// Sets a cookie on the host of the page that is open.
    ///
    /// # Errors
    ///
    /// When the browser refuses the cookie or the session is lost.
    pub async fn add_cookie(&self, name: &str, value: &Secret) -> Result<(), BrowserError> {
        let cookie = json!({ "cookie": { "name": name, "value": value.reveal(), "path": "/", "secure": true } });
        self.extension("set a cookie", ExtensionCommand::post("cookie", cookie)).await.map(drop)
    }

    /// Names of the cookies that the browser would send to this URL.
    ///
    /// # Errors
    ///
    /// When the session is lost, or the browser is none of the Chromium family.
    pub async fn cookie_names(&self, url: &str) -> Result<Vec<String>, BrowserError> {
        let answer = self.cdp("Network.getCookies", json!({ "urls": [url] })).await?;
        let cookies = answer["cookies"].as_array().into_iter().flatten();
        Ok(cookies.filter_map(|cookie| cookie["name"].as_str().map(str::to_owned)).collect())
    }

    /// The console messages since the last call, oldest first, as `LEVEL text`. Empty where the driver keeps no log.
    ///
    /// # Errors
    ///
    /// When the session is lost.
    pub async fn console(&self) -> Result<Vec<String>, BrowserError> {
        if let Some(tab) = &self.tab {
            return Ok(tab.console());
        }
        let log = ExtensionCommand::post("se/log", json!({ "type": "browser" }));
        let entries = match self.extension("read the console", log).await {
            Err(BrowserError::Refused { .. }) => return Ok(Vec::new()),
            other => other?,
        };
        let lines = entries.as_array().into_iter().flatten();
        let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        Ok(lines.map(|entry| format!("{} {}", text(entry, "level"), text(entry, "message"))).collect())
    }

    /// Whether a navigation that has begun is seen and waited for; a WebDriver server elsewhere does as it likes.
    pub(crate) fn sees_navigations(&self) -> bool {
        self.tab.is_some()
    }

    /// Ends the session and its browser.
    ///
    /// # Errors
    ///
    /// When the session is lost already.
    pub async fn close(self) -> Result<(), BrowserError> {
        let client = self.client.clone();
        self.command("close the WebDriver session", client.close()).await
    }

    /// Runs a script that reads the page.
    pub(super) async fn read(&self, command: &'static str, script: &str) -> Result<Value, BrowserError> {
        match &self.tab {
            Some(tab) => self.bounded(command, tab.evaluate(&format!("(() => {{ {script} }})()"))).await,
            None => self.command(command, self.client.execute(script, Vec::new())).await,
        }
    }

    pub(super) async fn cdp(&self, method: &'static str, params: Value) -> Result<Value, BrowserError> {
        if let Some(tab) = &self.tab {
            return self.bounded(method, tab.call(method, params).get()).await;
        }
        let body = json!({ "cmd": method, "params": params });
        self.extension("send a DevTools command", ExtensionCommand::post("goog/cdp/execute", body)).await
    }

    pub(super) async fn extension(&self, name: &'static str, command: ExtensionCommand) -> Result<Value, BrowserError> {
        self.command(name, self.client.issue_cmd(command)).await
    }

    /// Sends a command to the driver, bounded in time, and names its failure.
    pub(super) async fn command<T>(
        &self,
        name: &'static str,
        command: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<T, BrowserError> {
        self.follow().await?;
        self.bounded(name, async { command.await.map_err(|error| BrowserError::of_command(name, error)) }).await
    }

    /// Bounds a command in time. After one that was not answered, all others fail at once.
    pub(super) async fn bounded<T>(
        &self,
        name: &'static str,
        command: impl Future<Output = Result<T, BrowserError>>,
    ) -> Result<T, BrowserError> {
        if self.lost.load(Ordering::Relaxed) {
            return Err(BrowserError::Lost { command: name, reason: "an earlier command was not answered".to_owned() });
        }
        let answer = tokio::time::timeout(self.limit, command).await;
        let error = match answer {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => error,
            Err(_) => BrowserError::Timeout { command: name, limit: self.limit },
        };
        if matches!(error, BrowserError::Timeout { .. } | BrowserError::Lost { .. }) {
            self.lost.store(true, Ordering::Relaxed);
        }
        Err(error)
    }

    /// Points the driver at the tab that is driven, where that is another one since its last command.
    async fn follow(&self) -> Result<(), BrowserError> {
        let Some(tab) = &self.tab else { return Ok(()) };
        let mut window = self.window.lock().await;
        let target = tab.target();
        if window.as_ref() == Some(&target) {
            return Ok(());
        }
        let name = "switch to a window";
        let handle = WindowHandle::try_from(target.as_str())
            .map_err(|error| BrowserError::Refused { command: name, reason: error.to_string() })?;
        let switched = async {
            let switched = self.client.switch_to_window(handle).await;
            switched.map_err(|error| BrowserError::of_command(name, error))
        };
        self.bounded(name, switched).await?;
        *window = Some(target);
        Ok(())
    }

    /// Lets people watch, and says on which element an input failed.
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
