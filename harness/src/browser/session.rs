//! One browser: navigation, typed input, clicks, cookies, console.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fantoccini::error::CmdError;
use fantoccini::{Client, Locator};
use parking_lot::Mutex;
use serde_json::{Value, json};
use vestibule_simulator::realm::Secret;

use super::command::ExtensionCommand;
use super::driver::SessionOptions;
use super::error::BrowserError;
use super::film::Film;
use super::webauthn::AuthenticatorId;

/// A WebDriver session. Every command is bounded in time; after one that was not answered, all others fail at once.
#[derive(Debug)]
pub struct WebDriverSession {
    pub(super) client: Client,
    pub(super) authenticators: Mutex<Vec<AuthenticatorId>>,
    pub(super) film: Mutex<Film>,
    limit: Duration,
    slow_mo: Duration,
    lost: AtomicBool,
}

impl WebDriverSession {
    pub(super) fn new(client: Client, options: &SessionOptions) -> Self {
        Self {
            client,
            authenticators: Mutex::default(),
            film: Mutex::default(),
            limit: options.command_limit,
            slow_mo: options.slow_mo,
            lost: AtomicBool::new(false),
        }
    }

    /// Opens a URL. A refused certificate or connection is no error: the page says so then.
    ///
    /// # Errors
    ///
    /// When the page does not load within the command limit, or the session is lost.
    pub async fn goto(&self, url: &str) -> Result<(), BrowserError> {
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
        let typed = async {
            let field = self.client.find(Locator::Css(css)).await?;
            field.clear().await?;
            field.send_keys(text.reveal()).await
        };
        self.input("type into", css, typed).await
    }

    /// Clicks the first element that fits a CSS selector.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Element`] where it is missing or cannot be clicked.
    pub async fn click(&self, css: &str) -> Result<(), BrowserError> {
        self.input("click", css, async { self.client.find(Locator::Css(css)).await?.click().await }).await
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
        self.input("click", text, async { self.client.find(Locator::XPath(&xpath)).await?.click().await }).await
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
        let log = ExtensionCommand::post("se/log", json!({ "type": "browser" }));
        let entries = match self.extension("read the console", log).await {
            Err(BrowserError::Refused { .. }) => return Ok(Vec::new()),
            other => other?,
        };
        let lines = entries.as_array().into_iter().flatten();
        let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        Ok(lines.map(|entry| format!("{} {}", text(entry, "level"), text(entry, "message"))).collect())
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
        self.command(command, self.client.execute(script, Vec::new())).await
    }

    pub(super) async fn cdp(&self, method: &str, params: Value) -> Result<Value, BrowserError> {
        let body = json!({ "cmd": method, "params": params });
        self.extension("send a DevTools command", ExtensionCommand::post("goog/cdp/execute", body)).await
    }

    pub(super) async fn extension(&self, name: &'static str, command: ExtensionCommand) -> Result<Value, BrowserError> {
        self.command(name, self.client.issue_cmd(command)).await
    }

    /// Bounds a command in time and names its failure.
    pub(super) async fn command<T>(
        &self,
        name: &'static str,
        command: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<T, BrowserError> {
        if self.lost.load(Ordering::Relaxed) {
            return Err(BrowserError::Lost { command: name, reason: "an earlier command was not answered".to_owned() });
        }
        let answer = tokio::time::timeout(self.limit, command).await;
        let error = match answer {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => BrowserError::of_command(name, error),
            Err(_) => BrowserError::Timeout { command: name, limit: self.limit },
        };
        if matches!(error, BrowserError::Timeout { .. } | BrowserError::Lost { .. }) {
            self.lost.store(true, Ordering::Relaxed);
        }
        Err(error)
    }

    async fn input(
        &self,
        verb: &'static str,
        target: &str,
        command: impl Future<Output = Result<(), CmdError>>,
    ) -> Result<(), BrowserError> {
        let result = self.command(verb, command).await;
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
