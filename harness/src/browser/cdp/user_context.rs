//! User contexts of a browser that was started here, and the tabs in them.
//!
//! A user context has its own cookies, storage and cache, in memory, like an incognito window.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use super::connection::{DevTools, PendingAnswer};
use crate::browser::error::BrowserError;

/// A tab that can be driven.
#[derive(Debug, Clone)]
pub(super) struct OpenTab {
    /// Target id, which is ChromeDriver's window handle as well.
    pub(super) target: String,
    /// The DevTools session.
    pub(super) session: String,
    /// Id of the user context that it lives in.
    pub(super) context: String,
}

/// A tab in a new user context.
pub(super) async fn create(devtools: &DevTools, window: (u32, u32)) -> Result<OpenTab, BrowserError> {
    let made = devtools.call(None, "Target.createBrowserContext", json!({})).get().await?;
    let (tab, enabled) = open_tab(devtools, window, text(&made["browserContextId"])).await?;
    all(enabled).await?;
    Ok(tab)
}

/// Opens a new tab in the user context of this one, after everything that pages left there was removed.
pub(super) async fn renew(devtools: &DevTools, window: (u32, u32), before: &OpenTab) -> Result<OpenTab, BrowserError> {
    let targets = devtools.call(None, "Target.getTargets", json!({}));
    let opened = open_tab(devtools, window, before.context.clone());
    let ((tab, enabled), ()) = tokio::try_join!(opened, close_context(devtools, before, targets))?;
    let cleared = [
        // Naming the kinds of storage would be faster, but would leave the names of storage buckets behind.
        ("Storage.clearDataForOrigin", json!({ "origin": "*", "storageTypes": "all" })),
        ("Network.clearBrowserCookies", json!({})),
        ("Network.clearBrowserCache", json!({})),
    ];
    let cleared = cleared.map(|(method, params)| devtools.call(Some(&tab.session), method, params));
    all(enabled.into_iter().chain(cleared)).await?;
    Ok(tab)
}

/// Opens a tab in a user context, and waits until it is ready.
async fn open_tab(
    devtools: &DevTools,
    (width, height): (u32, u32),
    context: String,
) -> Result<(OpenTab, Vec<PendingAnswer>), BrowserError> {
    let place = json!({ "url": "about:blank", "width": width, "height": height, "browserContextId": context });
    let made = devtools.call(None, "Target.createTarget", place).get().await?;
    let target = text(&made["targetId"]);
    let attach = json!({ "targetId": target, "flatten": true });
    let attached = devtools.call(None, "Target.attachToTarget", attach).get().await?;
    let session = text(&attached["sessionId"]);
    let enabled = [
        ("Page.enable", json!({})),
        ("Inspector.enable", json!({})),
        ("Log.enable", json!({})),
        ("Runtime.enable", json!({})),
        ("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })),
    ];
    let enabled = enabled.map(|(method, params)| devtools.call(Some(&session), method, params));
    Ok((OpenTab { target, session, context }, enabled.into()))
}

/// Closes the targets that are tabs of this user context. Afterwards their pages can no longer do anything.
async fn close_context(devtools: &DevTools, open: &OpenTab, targets: PendingAnswer) -> Result<(), BrowserError> {
    devtools.call(Some(&open.session), "Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    let targets = targets.get().await?;
    let own = tabs(&targets).find(|tab| tab["targetId"] == open.target.as_str()).map(context_of);
    let closed = tabs(&targets).filter(|tab| Some(context_of(tab)) == own).map(|tab| text(&tab["targetId"]));
    let closed: Vec<_> = closed.collect();
    let close = |tab| devtools.call(None, "Target.closeTarget", json!({ "targetId": tab }));
    for answer in closed.iter().map(close).collect::<Vec<_>>() {
        gone_already(answer.get().await)?;
    }
    // In tabs that were never driven, scripts still run until the tabs are gone.
    if closed.len() > 1 { gone(devtools, &closed, CLOSE_LIMIT).await } else { Ok(()) }
}

/// Waits until these tabs are gone. A tab may stay open, as one that asks whether to leave it.
async fn gone(devtools: &DevTools, closed: &[String], limit: Duration) -> Result<(), BrowserError> {
    let polled = async {
        loop {
            let left = devtools.call(None, "Target.getTargets", json!({})).get().await?;
            if !tabs(&left).any(|tab| closed.contains(&text(&tab["targetId"]))) {
                return Ok::<_, BrowserError>(());
            }
            tokio::time::sleep(CLOSE_POLL_INTERVAL).await;
        }
    };
    let stays_open = || BrowserError::Lost { command: "Target.closeTarget", reason: "a tab stays open".to_owned() };
    timeout(limit, polled).await.unwrap_or_else(|_| Err(stays_open()))
}

/// Ends the user context of a tab with all its tabs.
pub(super) async fn dispose(devtools: &DevTools, tab: &OpenTab) -> Result<(), BrowserError> {
    let end = json!({ "browserContextId": tab.context });
    gone_already(devtools.call(None, "Target.disposeBrowserContext", end).get().await)
}

/// The tabs among the targets of this answer.
fn tabs(targets: &Value) -> impl Iterator<Item = &Value> {
    targets["targetInfos"].as_array().into_iter().flatten().filter(|target| target["type"] == "page")
}

fn context_of(tab: &Value) -> &Value {
    &tab["browserContextId"]
}

async fn all(answers: impl IntoIterator<Item = PendingAnswer>) -> Result<(), BrowserError> {
    for answer in answers {
        answer.get().await?;
    }
    Ok(())
}

fn gone_already(answer: Result<Value, BrowserError>) -> Result<(), BrowserError> {
    match answer {
        Ok(_) | Err(BrowserError::Refused { .. } | BrowserError::Navigating { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

const CLOSE_POLL_INTERVAL: Duration = Duration::from_millis(2);
const CLOSE_LIMIT: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use futures_util::{SinkExt as _, StreamExt as _};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio_tungstenite::tungstenite::Message;

    use super::*;

    #[tokio::test]
    async fn a_tab_that_stays_open_is_not_waited_for_without_end() {
        vestibule_certs::install_tls_provider();
        let devtools = DevTools::connect(&browser_with_a_tab_that_stays().await).await.unwrap();

        let ended = gone(&devtools, &["T".to_owned()], Duration::from_millis(20)).await;

        assert!(matches!(ended, Err(BrowserError::Lost { .. })), "{ended:?}");
    }

    /// The debugger address of a browser that answers each command with the same tab.
    async fn browser_with_a_tab_that_stays() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let version = json!({ "webSocketDebuggerUrl": format!("ws://{address}/devtools/browser/1") }).to_string();
        tokio::spawn(async move {
            let (mut asked, _) = listener.accept().await.unwrap();
            assert!(asked.read(&mut [0; 4096]).await.unwrap() > 0);
            let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", version.len());
            asked.write_all(format!("{head}{version}").as_bytes()).await.unwrap();
            let (stream, _) = listener.accept().await.unwrap();
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            while let Some(Ok(Message::Text(call))) = socket.next().await {
                let call: Value = serde_json::from_str(&call).unwrap();
                let answer =
                    json!({ "id": call["id"], "result": { "targetInfos": [{ "targetId": "T", "type": "page" }] } });
                socket.send(Message::text(answer.to_string())).await.unwrap();
            }
        });
        address
    }
}
