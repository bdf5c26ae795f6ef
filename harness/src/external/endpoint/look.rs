//! Looking at the page of a suite's session without the suite noticing.

use http::Method;
use serde_json::{Value, json};

use super::recorder::Recorder;
use super::upstream::Upstream;
use crate::browser::{MASK_SECRETS, READ_PAGE, UNMASK_SECRETS, page_name};

/// A session that is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) upstream: &'a Upstream,
    pub(super) recorder: &'a Recorder,
    /// Id of the session.
    pub(super) session: &'a str,
    /// Whether a screenshot is kept.
    pub(super) shot: bool,
}

impl Look<'_> {
    /// Notes the page, and keeps a screenshot of it where they are kept.
    pub(super) async fn take(self) {
        // While a dialog is open, any further command would close it.
        if self.ask(Method::GET, "alert/text", None).await.is_some() {
            return;
        }
        // The driver answers when a navigation that the suite's command began is over; DevTools do not wait for it.
        let Some(Value::String(url)) = self.ask(Method::GET, "url", None).await else { return };
        self.recorder.on_page(self.session, &url);
        if !self.shot {
            return;
        }
        // DevTools see the whole page even while the suite works inside a frame.
        let Some(reading) = self.evaluate(READ_PAGE).await else { return };
        if self.evaluate(MASK_SECRETS).await.is_none() {
            return;
        }
        let picture = self.picture().await;
        let _page_is_gone = self.evaluate(UNMASK_SECRETS).await;
        if let Some(image) = picture {
            self.recorder.shot(page_name(reading), image);
        }
    }

    /// The driver's window handle is the target id of its tab. A browser on another machine is reached through its driver
    /// only.
    async fn picture(self) -> Option<String> {
        if let Some(glance) = self.recorder.session(self.session).sockets.glance {
            let target = self.ask(Method::GET, "window", None).await?;
            return glance.picture(target.as_str()?).await;
        }
        let mut picture = self.cdp("Page.captureScreenshot", json!({ "format": "jpeg", "quality": 50 })).await?;
        serde_json::from_value(picture["data"].take()).ok()
    }

    /// The value that a function body returns; `None` where it cannot be run or returns something that is no value.
    async fn evaluate(self, body: &str) -> Option<Value> {
        let expression = format!("(() => {{ {body} }})()");
        let mut answer =
            self.cdp("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true })).await?;
        if answer.get("exceptionDetails").is_some() {
            return None;
        }
        Some(answer["result"]["value"].take())
    }

    async fn cdp(self, command: &str, params: Value) -> Option<Value> {
        self.ask(Method::POST, "goog/cdp/execute", Some(json!({ "cmd": command, "params": params }))).await
    }

    async fn ask(self, method: Method, command: &str, body: Option<Value>) -> Option<Value> {
        self.upstream.ask(method, &format!("/session/{}/{command}", self.session), body).await
    }
}
