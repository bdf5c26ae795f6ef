//! Reads the page of a suite's session without disturbing the suite.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::recorder::Recorder;
use super::upstream::Upstream;
use crate::browser::{PageCopy, copy_expression};

/// One look at the page of a session.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageProbe<'a> {
    pub(super) upstream: &'a Upstream,
    pub(super) recorder: &'a Recorder,
    /// Id of the session.
    pub(super) session: &'a str,
    /// The window that is looked at, unless it is the current one.
    pub(super) window: Option<&'a str>,
    /// Whether a copy is kept.
    pub(super) copy: bool,
}

impl PageProbe<'_> {
    /// Records the page, and keeps a copy of it if `copy` is set.
    pub(super) async fn run(self) {
        // While a dialog is open, any further command would close it.
        if self.ask(Method::GET, "alert/text", None).await.is_some() {
            return;
        }
        for _ in 0..PROBE_ATTEMPTS {
            // The driver answers after a navigation that the suite's command began; DevTools does not wait for it.
            let Some(Value::String(url)) = self.ask(Method::GET, "url", None).await else { return };
            self.recorder.on_page(self.session, self.window, &url);
            if !self.copy || self.keep_copy().await {
                return;
            }
            // The page was about to navigate, or has not begun to.
            sleep(PROBE_RETRY_PAUSE).await;
        }
    }

    /// Copies the page. Returns whether the copy is new.
    async fn keep_copy(self) -> bool {
        // DevTools sees the whole page even while the suite works inside a frame.
        let evaluate = json!({ "expression": copy_expression(), "returnByValue": true, "awaitPromise": true });
        let evaluate = json!({ "cmd": "Runtime.evaluate", "params": evaluate });
        let answer = self.ask(Method::POST, "goog/cdp/execute", Some(evaluate)).await;
        let copy = answer.and_then(|mut answer| PageCopy::read(answer["result"]["value"].take()));
        copy.is_some_and(|copy| self.recorder.copy(copy))
    }

    async fn ask(self, method: Method, command: &str, body: Option<Value>) -> Option<Value> {
        self.upstream.ask(method, &format!("/session/{}/{command}", self.session), body).await
    }
}

const PROBE_ATTEMPTS: u32 = 3;
const PROBE_RETRY_PAUSE: Duration = Duration::from_millis(25);
