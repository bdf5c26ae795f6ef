//! The open tab of a browser that was started here: real input in batches, scripts that read and wait, fresh tabs.
//!
//! Input events of the DevTools Input domain pass through the browser as those of a mouse and a keyboard do and are
//! trusted by pages, as those of ChromeDriver, which sends the same.

use std::time::Duration;

use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};

use super::devtools::{Answer, DevTools};
use super::error::BrowserError;
use super::keys;
use super::user_context::{self, OpenTab};

/// A connection with the tab that is driven.
#[derive(Debug)]
pub(super) struct Tab {
    devtools: DevTools,
    window: (u32, u32),
    open: Mutex<OpenTab>,
}

/// How an element is found.
#[derive(Debug, Clone, Copy)]
pub(super) enum Finder<'a> {
    /// By CSS selector.
    Css(&'a str),
    /// By XPath.
    XPath(&'a str),
}

/// Where an element can be clicked.
#[derive(Debug, Deserialize)]
struct Spot {
    x: f64,
    y: f64,
    /// How many characters a field holds.
    held: usize,
    /// Why it cannot be used.
    problem: Option<String>,
}

impl Tab {
    /// Drives a tab of its own in the browser with this debugger address.
    pub(super) async fn connect(address: &str, window: (u32, u32)) -> Result<Self, BrowserError> {
        let devtools = DevTools::connect(address).await?;
        let open = Mutex::new(user_context::create(&devtools, window).await?);
        Ok(Self { devtools, window, open })
    }

    /// Target id of the open tab.
    pub(super) fn target(&self) -> String {
        self.open.lock().target.clone()
    }

    /// The console messages since the last call.
    pub(super) fn console(&self) -> Vec<String> {
        self.devtools.console()
    }

    /// Sends a call to the open tab at once.
    pub(super) fn call(&self, method: &'static str, params: Value) -> Answer {
        self.devtools.call(Some(&self.open.lock().session), method, params)
    }

    /// Whether the browser may remember a password of HTTP authentication, which no command makes it forget.
    pub(super) fn knows_a_password(&self) -> bool {
        self.devtools.saw_a_password()
    }

    /// Opens a URL and waits until its document is there, loaded or not. What the browser refuses to open is a page of its
    /// own.
    pub(super) async fn navigate(&self, url: &str) -> Result<(), BrowserError> {
        self.call("Page.navigate", json!({ "url": url })).get().await?;
        self.arrived().await;
        Ok(())
    }

    /// Waits until the open document is loaded, and what it does then is done.
    pub(super) async fn loaded(&self) -> Result<(), BrowserError> {
        self.evaluate(LOADED).await.map(drop)
    }

    /// Waits for the end of a navigation that the last input started, as ChromeDriver does before it answers.
    pub(super) async fn rest(&self) -> Result<(), BrowserError> {
        // What the input set going has begun after one turn of the page's event loop.
        self.try_evaluate(TURN).await?;
        self.arrived().await;
        Ok(())
    }

    /// Waits while the tab is on the way to another document.
    pub(super) async fn arrived(&self) {
        let open = self.open.lock().session.clone();
        self.devtools.arrived(&open, ARRIVAL).await;
    }

    /// Runs an expression that reads the page, again where a navigation came in between.
    pub(super) async fn evaluate(&self, expression: &str) -> Result<Value, BrowserError> {
        loop {
            if let Some(value) = self.try_evaluate(expression).await? {
                return Ok(value);
            }
            tokio::time::sleep(COMMIT).await;
        }
    }

    /// `None` while the browser is between two documents.
    pub(super) async fn try_evaluate(&self, expression: &str) -> Result<Option<Value>, BrowserError> {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let command = "read the page";
        match self.call("Runtime.evaluate", params).get().await {
            Ok(mut answer) if answer["exceptionDetails"].is_null() => Ok(Some(answer["result"]["value"].take())),
            Ok(answer) => {
                let reason = answer["exceptionDetails"]["exception"]["description"].to_string();
                Err(BrowserError::Refused { command, reason })
            }
            Err(BrowserError::Refused { reason, .. }) if NAVIGATING.iter().any(|sign| reason.contains(sign)) => {
                Ok(None)
            }
            Err(BrowserError::Refused { reason, .. }) => Err(BrowserError::Refused { command, reason }),
            Err(error) => Err(error),
        }
    }

    /// Gives the field the focus, and types in place of what it holds.
    pub(super) async fn type_into(&self, finder: Finder<'_>, text: &str) -> Result<(), BrowserError> {
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

    /// Clicks an element. A navigation that this starts has begun afterwards, unless the page takes its time: whoever reads
    /// the page next would read the one before it for nothing.
    pub(super) async fn click(&self, finder: Finder<'_>) -> Result<(), BrowserError> {
        let spot = self.find("click", finder, false).await?;
        handled(self.press(&spot)).await?;
        let open = self.open.lock().session.clone();
        self.devtools.departed(&open, DEPARTURE).await;
        Ok(())
    }

    /// A tab in a user context of its own, which shares nothing with any other; the one before it ends with all its tabs.
    pub(super) async fn fresh_context(&self) -> Result<(), BrowserError> {
        let fresh = user_context::create(&self.devtools, self.window).await?;
        let before = std::mem::replace(&mut *self.open.lock(), fresh);
        user_context::dispose(&self.devtools, &before).await?;
        self.console();
        Ok(())
    }

    /// A new tab in the same user context, from which everything that pages left there was removed.
    pub(super) async fn reset(&self) -> Result<(), BrowserError> {
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

    /// Moves the mouse there, presses and releases its button; the answer is that of the release.
    fn press(&self, spot: &Spot) -> Answer {
        let event = |kind: &str, buttons: u32| json!({ "type": kind, "x": spot.x, "y": spot.y, "button": "left", "buttons": buttons, "clickCount": 1 });
        let moved = json!({ "type": "mouseMoved", "x": spot.x, "y": spot.y });
        self.call("Input.dispatchMouseEvent", moved);
        self.call("Input.dispatchMouseEvent", event("mousePressed", 1));
        self.call("Input.dispatchMouseEvent", event("mouseReleased", 0))
    }
}

/// Input that a navigation overtook was handled by the page before it.
async fn handled(answer: Answer) -> Result<(), BrowserError> {
    match answer.get().await {
        Ok(_) | Err(BrowserError::Refused { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// What the browser says when a script meets a navigation.
const NAVIGATING: [&str; 5] = ["ontext", "navigated", "Promise was collected", "loader", "No frame"];
/// How long a navigation is given to commit before it is looked at again.
const COMMIT: Duration = Duration::from_millis(2);
/// Resolves when the page is loaded.
pub(super) const LOADED: &str = "new Promise((resolve) => {
  if (document.readyState === 'complete') return resolve();
  addEventListener('load', () => setTimeout(resolve), { once: true });
})";
const TURN: &str = "new Promise((resolve) => setTimeout(resolve))";
/// How long after a click a navigation begins.
const DEPARTURE: Duration = Duration::from_millis(5);
/// How long a navigation is waited for before the page is read as it is.
const ARRIVAL: Duration = Duration::from_secs(10);
const FIND: &str = include_str!("find_element.js");
