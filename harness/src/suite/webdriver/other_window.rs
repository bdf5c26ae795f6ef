//! Classic commands act in the current window of a session, and BiDi commands in any: this leads to another and back.

use http::Method;
use serde_json::{Value, json};

use super::upstream::Upstream;

/// Does something in this window of a session; then the current window is again what it was. Does nothing if there is no
/// such window.
pub(super) async fn within(upstream: &Upstream, session: &str, window: &str, work: impl Future<Output = ()>) {
    let path = format!("/session/{session}/window");
    let current = upstream.ask(Method::GET, &path, None).await;
    let current = current.as_ref().and_then(Value::as_str);
    if current == Some(window) {
        return work.await;
    }
    let switch = |handle: &str| upstream.ask(Method::POST, &path, Some(json!({ "handle": handle })));
    if switch(window).await.is_none() {
        return;
    }
    work.await;
    if let Some(current) = current {
        switch(current).await;
    }
}
