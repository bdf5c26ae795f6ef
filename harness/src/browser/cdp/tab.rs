//! The open tab of a browser that was started here: real input in batches, scripts that read and wait, fresh tabs.
//!
//! Input events of the DevTools Input domain pass through the browser like those of a mouse and a keyboard, and pages
//! trust them. ChromeDriver sends the same events.

use std::time::Duration;

use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};
use vestibule_model::Secret;

use super::connection::{DevTools, PendingAnswer};
use super::keys;
use super::user_context::{self, OpenTab};
use crate::browser::console_line::ConsoleLine;
use crate::browser::error::BrowserError;
use crate::browser::finder::Finder;
use crate::browser::page::{LOADED, READ_AND_COPY, WAIT_FOR_CHANGE};

/// A connection and the tab that it drives.
#[derive(Debug)]
pub(in crate::browser) struct Tab {
    devtools: DevTools,
    window: (u32, u32),
    open: Mutex<OpenTab>,
}

/// Where an element can be clicked.
#[derive(Debug, Deserialize)]
struct Spot {
    x: f64,
    y: f64,
    /// How many characters the field contains.
    held: usize,
    /// Why it cannot be used.
    problem: Option<String>,
}

impl Tab {
    /// Drives a tab of its own in the browser with this debugger address.
    pub(in crate::browser) async fn connect(address: &str, window: (u32, u32)) -> Result<Self, BrowserError> {
        let devtools = DevTools::connect(address).await?;
        let open = Mutex::new(user_context::create(&devtools, window).await?);
        Ok(Self { devtools, window, open })
    }

    /// Target id of the open tab.
    pub(in crate::browser) fn target(&self) -> String {
        self.open.lock().target.clone()
    }

    /// The console messages since the last call.
    pub(in crate::browser) fn console(&self) -> Vec<ConsoleLine> {
        self.devtools.console()
    }

    /// Sends a command to the open tab and waits for its answer.
    pub(in crate::browser) async fn cdp(&self, method: &'static str, params: Value) -> Result<Value, BrowserError> {
        self.call(method, params).get().await
    }

    /// Sends a command to the open tab at once.
    fn call(&self, method: &'static str, params: Value) -> PendingAnswer {
        self.devtools.call(Some(&self.open.lock().session), method, params)
    }

    /// From now on keeps what identity providers let this tab send.
    pub(in crate::browser) async fn keep_answers(&self) -> Result<(), BrowserError> {
        self.devtools.keep_answers();
        let enable = json!({ "maxPostDataSize": LONGEST_ANSWER });
        self.call("Network.enable", enable).get().await.map(drop)
    }

    /// What was kept since the last call, oldest first: each a URL, its fragment, or the body of a form.
    pub(in crate::browser) fn answers(&self) -> Vec<Secret> {
        self.devtools.answers()
    }

    /// Whether the browser may remember an HTTP authentication password, which no command can clear.
    pub(in crate::browser) fn knows_a_password(&self) -> bool {
        self.devtools.saw_a_password()
    }

    /// Opens a URL and waits until its document exists, loaded or not. If the browser refuses the URL, it shows its own
    /// error page; then returns why: `net::ERR_…`.
    pub(in crate::browser) async fn navigate(&self, url: &str) -> Result<Option<String>, BrowserError> {
        let answer = self.call("Page.navigate", json!({ "url": url })).get().await?;
        self.arrived().await;
        Ok(answer["errorText"].as_str().filter(|text| !text.is_empty()).map(str::to_owned))
    }

    /// Waits until the open document and its load handlers are done.
    pub(in crate::browser) async fn loaded(&self) -> Result<(), BrowserError> {
        self.evaluate(LOADED).await.map(drop)
    }

    /// Waits for the end of a navigation that the last input started, as ChromeDriver does before it answers.
    pub(in crate::browser) async fn rest(&self) -> Result<(), BrowserError> {
        // Whatever the input triggers has begun after one turn of the page's event loop.
        self.try_evaluate(EVENT_LOOP_TURN).await?;
        self.arrived().await;
        Ok(())
    }

    /// Waits while the tab is on the way to another document.
    pub(in crate::browser) async fn arrived(&self) {
        let open = self.open.lock().session.clone();
        self.devtools.arrived(&open, NAVIGATION_TIMEOUT).await;
    }

    /// Runs an expression that reads the page; runs it again if a navigation interrupts it.
    pub(in crate::browser) async fn evaluate(&self, expression: &str) -> Result<Value, BrowserError> {
        loop {
            if let Some(value) = self.try_evaluate(expression).await? {
                return Ok(value);
            }
            tokio::time::sleep(COMMIT_POLL_INTERVAL).await;
        }
    }

    /// `None` while the browser is between two documents.
    pub(in crate::browser) async fn try_evaluate(&self, expression: &str) -> Result<Option<Value>, BrowserError> {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let command = "read the page";
        match self.call("Runtime.evaluate", params).get().await {
            Ok(mut answer) if answer["exceptionDetails"].is_null() => Ok(Some(answer["result"]["value"].take())),
            Ok(answer) => {
                let reason = answer["exceptionDetails"]["exception"]["description"].to_string();
                Err(BrowserError::Refused { command, reason })
            }
            Err(BrowserError::Navigating { .. }) => Ok(None),
            Err(BrowserError::Refused { reason, .. }) => Err(BrowserError::Refused { command, reason }),
            Err(error) => Err(error),
        }
    }

    /// Reads the page once it differs from the known document, or after a while, and copies the document unless it was
    /// the last one copied. `None` while the browser is between two documents.
    pub(in crate::browser) async fn read_change(
        &self,
        known: Option<&str>,
        copied: Option<&str>,
    ) -> Result<Option<Value>, BrowserError> {
        self.arrived().await;
        let limit = if known.is_some() { CHANGE_TIMEOUT } else { LOAD_TIMEOUT }.as_millis();
        let (wait, read) = (WAIT_FOR_CHANGE, &*READ_AND_COPY);
        let (known, copied) = (json!(known), json!(copied));
        self.try_evaluate(&format!("({wait})({known}, {limit}).then(() => (function () {{ {read} }})({copied}))")).await
    }

    /// Focuses the field and replaces its content.
    pub(in crate::browser) async fn type_into(&self, finder: Finder<'_>, text: &str) -> Result<(), BrowserError> {
        let mut events: Vec<Value> = Vec::new();
        if self.find("type into", finder, true).await?.held > 0 {
            events.extend(keys::select_all());
            if text.is_empty() {
                events.extend(keys::delete());
            }
        }
        events.extend(keys::typed(text));
        match events.into_iter().map(|event| self.call("Input.dispatchKeyEvent", event)).last() {
            Some(last) => handled(last).await,
            None => Ok(()),
        }
    }

    /// Clicks an element, and waits briefly for a navigation to begin, so that the next read does not get the old page.
    pub(in crate::browser) async fn click(&self, finder: Finder<'_>) -> Result<(), BrowserError> {
        let spot = self.find("click", finder, false).await?;
        handled(self.press(&spot)).await?;
        let open = self.open.lock().session.clone();
        self.devtools.departed(&open, NAVIGATION_START_WAIT).await;
        Ok(())
    }

    /// Opens a tab in a new user context, which shares nothing with any other; ends the old context with all its tabs.
    pub(in crate::browser) async fn fresh_context(&self) -> Result<(), BrowserError> {
        let fresh = user_context::create(&self.devtools, self.window).await?;
        let before = std::mem::replace(&mut *self.open.lock(), fresh);
        user_context::dispose(&self.devtools, &before).await?;
        self.console();
        Ok(())
    }

    /// Opens a new tab in the same user context, after everything that pages left there was removed.
    pub(in crate::browser) async fn reset(&self) -> Result<(), BrowserError> {
        let before = self.open.lock().clone();
        *self.open.lock() = user_context::renew(&self.devtools, self.window, &before).await?;
        self.console();
        Ok(())
    }

    async fn find(&self, verb: &str, finder: Finder<'_>, focus: bool) -> Result<Spot, BrowserError> {
        let (by, what) = match finder {
            Finder::Css(css) => ("css", css),
            Finder::XPath(xpath) => ("xpath", xpath),
        };
        let found = self.evaluate(&format!("({FIND})({}, {}, {focus})", json!(by), json!(what))).await?;
        let spot: Spot = serde_json::from_value(found)
            .map_err(|error| BrowserError::Refused { command: "find an element", reason: error.to_string() })?;
        match spot.problem {
            Some(reason) => Err(BrowserError::Element { command: verb.to_owned(), reason }),
            None => Ok(spot),
        }
    }

    /// Moves the mouse there, presses and releases its button; returns the answer to the release.
    fn press(&self, spot: &Spot) -> PendingAnswer {
        let event = |kind: &str, buttons: u32| json!({ "type": kind, "x": spot.x, "y": spot.y, "button": "left", "buttons": buttons, "clickCount": 1 });
        let moved = json!({ "type": "mouseMoved", "x": spot.x, "y": spot.y });
        self.call("Input.dispatchMouseEvent", moved);
        self.call("Input.dispatchMouseEvent", event("mousePressed", 1));
        self.call("Input.dispatchMouseEvent", event("mouseReleased", 0))
    }
}

/// Input that a navigation overtook was handled by the old page.
async fn handled(answer: PendingAnswer) -> Result<(), BrowserError> {
    match answer.get().await {
        Ok(_) | Err(BrowserError::Refused { .. } | BrowserError::Navigating { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The longest form of an identity provider, in bytes.
const LONGEST_ANSWER: u32 = 4 * 1024 * 1024;
const COMMIT_POLL_INTERVAL: Duration = Duration::from_millis(2);
const EVENT_LOOP_TURN: &str = "new Promise((resolve) => setTimeout(resolve))";
/// How long after a click a navigation begins.
const NAVIGATION_START_WAIT: Duration = Duration::from_millis(5);
/// How long a navigation is waited for before the page is read as it is.
const NAVIGATION_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a change of the page that it can see itself is waited for before it is read again.
const CHANGE_TIMEOUT: Duration = Duration::from_millis(50);
/// How long a page is given to load before it is read as it is.
const LOAD_TIMEOUT: Duration = Duration::from_secs(10);
const FIND: &str = include_str!("find_element.js");
