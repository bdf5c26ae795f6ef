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

/// A connection with the tab that is driven.
#[derive(Debug)]
pub(super) struct Tab {
    devtools: DevTools,
    window: (u32, u32),
    open: Mutex<Open>,
}

#[derive(Debug, Clone, Default)]
struct Open {
    /// Target id, which is ChromeDriver's window handle as well.
    target: String,
    session: String,
    /// The user context that the tab lives in; `None` is the browser's own.
    context: Option<String>,
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
    /// Drives the first tab of the browser with this debugger address.
    pub(super) async fn connect(address: &str, window: (u32, u32)) -> Result<Self, BrowserError> {
        let devtools = DevTools::connect(address).await?;
        let tab = Self { devtools, window, open: Mutex::default() };
        let answer = tab.devtools.call(None, "Target.getTargets", json!({})).get().await?;
        let mut targets = answer["targetInfos"].as_array().into_iter().flatten();
        let first = targets.find(|target| target["type"] == "page").ok_or_else(|| BrowserError::Lost {
            command: "find the first tab",
            reason: "the browser has none".to_owned(),
        })?;
        tab.attach(text(&first["targetId"]), None).await?;
        Ok(tab)
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

    /// Opens a URL and waits until its document is loaded. What the browser refuses to open is a page of its own.
    pub(super) async fn goto(&self, url: &str) -> Result<(), BrowserError> {
        let before = self.evaluate(DOCUMENT).await?;
        let answer = self.call("Page.navigate", json!({ "url": url })).get().await?;
        let stays = answer["loaderId"].is_null() || answer["errorText"] == "net::ERR_ABORTED";
        let loaded = format!("({WAIT})({before}, {}).then(() => {DOCUMENT})", LOOK.as_millis());
        while self.evaluate(&loaded).await? == before && !stays {}
        Ok(())
    }

    /// Waits for the end of a navigation that the last input started, as ChromeDriver does before it answers.
    pub(super) async fn rest(&self) -> Result<(), BrowserError> {
        // What the input set going has begun after one turn of the page's event loop.
        self.try_evaluate(TURN).await?;
        for _ in 0..RESTS {
            let open = self.open.lock().session.clone();
            if !self.devtools.is_loading(&open) {
                break;
            }
            tokio::time::sleep(COMMIT).await;
        }
        Ok(())
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

    /// Clicks the field, so that it has the focus, and types in place of what it holds. Where less is there than was typed,
    /// it is typed once more: the page took a part for itself, or a busy browser dropped it.
    pub(super) async fn type_into(&self, finder: Finder<'_>, text: &str) -> Result<(), BrowserError> {
        let mut spot = self.find("type into", finder).await?;
        for _ in 0..TRIES {
            let mut events: Vec<Value> = Vec::new();
            if spot.held > 0 {
                events.extend(keys::select_all());
                if text.is_empty() {
                    events.extend(keys::delete());
                }
            }
            events.extend(keys::typed(text));
            let click = self.press(&spot);
            let last = events.into_iter().map(|event| self.call("Input.dispatchKeyEvent", event)).last();
            handled(last.unwrap_or(click)).await?;
            match self.find("type into", finder).await {
                Ok(typed) if typed.held < text.encode_utf16().count() => spot = typed,
                // A page that moved on by itself has taken what it wanted.
                Ok(_) | Err(BrowserError::Element { .. }) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Clicks an element.
    pub(super) async fn click(&self, finder: Finder<'_>) -> Result<(), BrowserError> {
        let spot = self.find("click", finder).await?;
        handled(self.press(&spot)).await
    }

    /// A tab in a user context of its own, which shares nothing with any other; the one before it ends with all its tabs.
    pub(super) async fn fresh_context(&self) -> Result<(), BrowserError> {
        let before = self.open.lock().clone();
        let made = self.devtools.call(None, "Target.createBrowserContext", json!({})).get().await?;
        self.open_tab(Some(text(&made["browserContextId"]))).await?;
        if let Some(context) = before.context {
            let end = json!({ "browserContextId": context });
            gone_already(self.devtools.call(None, "Target.disposeBrowserContext", end).get().await)?;
        }
        self.console();
        Ok(())
    }

    async fn open_tab(&self, context: Option<String>) -> Result<(), BrowserError> {
        let (width, height) = self.window;
        let mut params = json!({ "url": "about:blank", "width": width, "height": height });
        if let Some(context) = &context {
            params["browserContextId"] = context.as_str().into();
        }
        let made = self.devtools.call(None, "Target.createTarget", params).get().await?;
        self.attach(text(&made["targetId"]), context).await
    }

    async fn attach(&self, target: String, context: Option<String>) -> Result<(), BrowserError> {
        let params = json!({ "targetId": target, "flatten": true });
        let attached = self.devtools.call(None, "Target.attachToTarget", params).get().await?;
        *self.open.lock() = Open { target, session: text(&attached["sessionId"]), context };
        let enabled = [
            self.call("Page.enable", json!({})),
            self.call("Inspector.enable", json!({})),
            self.call("Log.enable", json!({})),
            self.call("Runtime.enable", json!({})),
            self.call("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })),
        ];
        for answer in enabled {
            answer.get().await?;
        }
        Ok(())
    }

    async fn find(&self, verb: &str, finder: Finder<'_>) -> Result<Spot, BrowserError> {
        let (by, what) = match finder {
            Finder::Css(css) => ("css", css),
            Finder::XPath(xpath) => ("xpath", xpath),
        };
        let found = self.evaluate(&format!("({FIND})({}, {})", json!(by), json!(what))).await?;
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

fn gone_already(answer: Result<Value, BrowserError>) -> Result<(), BrowserError> {
    match answer {
        Ok(_) | Err(BrowserError::Refused { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

const TRIES: u32 = 2;
/// Another one for every document.
const DOCUMENT: &str = "String(performance.timeOrigin)";
/// What the browser says when a script meets a navigation.
const NAVIGATING: [&str; 5] = ["ontext", "navigated", "Promise was collected", "loader", "No frame"];
/// How long a navigation is given to commit before it is looked at again.
const COMMIT: Duration = Duration::from_millis(2);
const TURN: &str = "new Promise((resolve) => setTimeout(resolve))";
/// Ten seconds of `COMMIT`: a page that still loads then is read as it is.
const RESTS: u32 = 5000;
/// How long a page that does not move is waited for before it is looked at again.
const LOOK: Duration = Duration::from_millis(500);
const WAIT: &str = include_str!("wait_page.js");
const FIND: &str = include_str!("find_element.js");
