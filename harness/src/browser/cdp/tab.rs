//! The open tab of a browser that was started here: real input in batches, scripts that read and wait, fresh tabs.
//!
//! Input events of the DevTools Input domain pass through the browser like those of a mouse and a keyboard, and pages
//! trust them. ChromeDriver sends the same events.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};
use vestibule_model::Secret;

use super::connection::{DevTools, PendingAnswer};
use super::keys;
use super::next_tab::NextTab;
use super::user_context::{self, OpenTab, Place};
use crate::browser::console_line::ConsoleLine;
use crate::browser::error::BrowserError;
use crate::browser::finder::Finder;
use crate::browser::isolation::Isolation;
use crate::browser::options::SessionOptions;
use crate::browser::page::{LOADED, READ_AND_COPY, WAIT_FOR_CHANGE};

/// A connection and the tab that it drives.
#[derive(Debug)]
pub(in crate::browser) struct Tab {
    devtools: Arc<DevTools>,
    window: (u32, u32),
    open: Mutex<OpenTab>,
    /// Not made where it would come before the open tab on a screen.
    next: Option<NextTab>,
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
    pub(in crate::browser) async fn connect(address: &str, options: &SessionOptions) -> Result<Self, BrowserError> {
        let devtools = Arc::new(DevTools::connect(address).await?);
        let window = options.window;
        let open = Mutex::new(user_context::create(&devtools, window, Place::Foreground).await?);
        Ok(Self { devtools, window, open, next: (!options.headed).then(NextTab::default) })
    }

    /// Target id of the open tab.
    pub(in crate::browser) fn target(&self) -> String {
        self.open.lock().target.clone()
    }

    /// The console messages since the last call.
    pub(in crate::browser) fn console(&self) -> Vec<ConsoleLine> {
        self.devtools.console(&self.open.lock().session)
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

    /// Goes to a tab in a new user context, which shares nothing with any other; ends the old context with all its tabs.
    pub(in crate::browser) async fn fresh_context(&self) -> Result<(), BrowserError> {
        let before = self.open.lock().clone();
        let fresh = match self.next_tab().await {
            Some(next) if next.context != before.context => next,
            _ => user_context::create(&self.devtools, self.window, Place::Foreground).await?,
        };
        *self.open.lock() = fresh;
        user_context::dispose(&self.devtools, &before);
        self.console();
        Ok(())
    }

    /// Goes to a new tab in the same user context, after everything that pages left there was removed.
    pub(in crate::browser) async fn reset(&self) -> Result<(), BrowserError> {
        let before = self.open.lock().clone();
        let next = match self.next_tab().await {
            Some(elsewhere) if elsewhere.context != before.context => {
                user_context::dispose(&self.devtools, &elsewhere);
                None
            }
            next => next,
        };
        *self.open.lock() = user_context::renew(&self.devtools, self.window, &before, next).await?;
        self.console();
        Ok(())
    }

    /// The tab that was made ahead, if there is one.
    async fn next_tab(&self) -> Option<OpenTab> {
        match &self.next {
            Some(next) => next.take().await,
            None => None,
        }
    }

    /// Begins to make the tab to which the next call of [`Self::fresh_context`] or [`Self::reset`] goes.
    pub(in crate::browser) fn make_next(&self, isolation: Isolation) {
        let Some(next) = &self.next else { return };
        let (devtools, window) = (Arc::clone(&self.devtools), self.window);
        match isolation {
            Isolation::Session => {}
            Isolation::Context => {
                next.begin(async move { user_context::create(&devtools, window, Place::Background).await });
            }
            Isolation::Reset => {
                let context = self.open.lock().context.clone();
                next.begin(async move { user_context::add(&devtools, window, context, Place::Background).await });
            }
        }
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

#[cfg(test)]
mod tests {
    use tokio::sync::watch;

    use super::super::connection::tests::{browser_that_answers, result};
    use super::*;

    #[tokio::test]
    async fn a_case_goes_to_the_tab_that_was_made_before_it_began() {
        let (address, mut calls) = browser_with_tabs(None).await;
        let tab = Tab::connect(&address, &SessionOptions::default()).await.unwrap();

        tab.make_next(Isolation::Context);
        calls.wait_for(|calls| made(calls) == ["C1", "C2"]).await.unwrap();
        tab.fresh_context().await.unwrap();
        assert_eq!((tab.target().as_str(), made(&calls.borrow()).len()), ("T2", 2));

        tab.make_next(Isolation::Reset);
        calls.wait_for(|calls| made(calls) == ["C1", "C2", "C2"]).await.unwrap();
        tab.reset().await.unwrap();
        assert_eq!((tab.target().as_str(), made(&calls.borrow()).len()), ("T3", 3));

        tab.reset().await.unwrap();
        assert_eq!(tab.target(), "T4", "each tab is used once");
    }

    #[tokio::test]
    async fn a_tab_that_was_made_for_another_isolation_does_not_stay() {
        let (address, calls) = browser_with_tabs(None).await;
        let tab = Tab::connect(&address, &SessionOptions::default()).await.unwrap();
        let ended = |context: &str| {
            let ended = |call: &Value| {
                call["method"] == "Target.disposeBrowserContext" && call["params"]["browserContextId"] == context
            };
            calls.borrow().iter().any(ended)
        };

        tab.make_next(Isolation::Context);
        tab.reset().await.unwrap();
        assert_eq!(tab.open.lock().context, "C1", "a reset stays in its user context");
        assert!(ended("C2") && !ended("C1"));

        tab.make_next(Isolation::Reset);
        tab.fresh_context().await.unwrap();
        assert_eq!(tab.open.lock().context, "C3");
    }

    #[tokio::test]
    async fn a_tab_that_could_not_be_made_before_is_made_when_it_is_needed() {
        let (address, _calls) = browser_with_tabs(Some(2)).await;
        let tab = Tab::connect(&address, &SessionOptions::default()).await.unwrap();

        tab.make_next(Isolation::Context);
        tab.fresh_context().await.unwrap();

        assert_eq!(tab.target(), "T3");
    }

    #[tokio::test]
    async fn nothing_is_made_ahead_where_people_watch() {
        let (address, _calls) = browser_with_tabs(None).await;
        let headed = SessionOptions { headed: true, ..SessionOptions::default() };
        let tab = Tab::connect(&address, &headed).await.unwrap();

        tab.make_next(Isolation::Context);

        assert!(tab.next_tab().await.is_none());
    }

    /// The user contexts in which tabs were made, in order.
    fn made(calls: &[Value]) -> Vec<&str> {
        let made = calls.iter().filter(|call| call["method"] == "Target.createTarget");
        made.filter_map(|call| call["params"]["browserContextId"].as_str()).collect()
    }

    /// The debugger address of a browser that numbers its user contexts and tabs, and what it was asked for. It refuses to make
    /// the tab with this number.
    async fn browser_with_tabs(refused: Option<u32>) -> (String, watch::Receiver<Vec<Value>>) {
        let (calls, asked) = watch::channel(Vec::new());
        let (mut contexts, mut tabs) = (0, 0);
        let answer = move |call: &Value| {
            calls.send_modify(|calls: &mut Vec<Value>| calls.push(call.clone()));
            let answer = match call["method"].as_str().unwrap() {
                "Target.createBrowserContext" => {
                    contexts += 1;
                    json!({ "browserContextId": format!("C{contexts}") })
                }
                "Target.createTarget" => {
                    tabs += 1;
                    if refused == Some(tabs) {
                        return vec![json!({ "id": call["id"], "error": { "message": "no memory" } })];
                    }
                    json!({ "targetId": format!("T{tabs}") })
                }
                "Target.attachToTarget" => json!({ "sessionId": call["params"]["targetId"] }),
                _ => json!({}),
            };
            vec![result(call, &answer)]
        };
        (browser_that_answers(answer).await, asked)
    }
}
