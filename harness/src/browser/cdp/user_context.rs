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

/// Whether a tab comes before those that are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Foreground,
    /// Behind them, so that they are still seen and keep the focus.
    Background,
}

/// A tab in a new user context.
pub(super) async fn create(devtools: &DevTools, window: (u32, u32), place: Place) -> Result<OpenTab, BrowserError> {
    let made = devtools.call(None, "Target.createBrowserContext", json!({})).get().await?;
    add(devtools, window, text(&made["browserContextId"]), place).await
}

/// Another tab in a user context.
pub(super) async fn add(
    devtools: &DevTools,
    window: (u32, u32),
    context: String,
    place: Place,
) -> Result<OpenTab, BrowserError> {
    let (tab, enabled) = open_tab(devtools, window, context, place).await?;
    all(enabled).await?;
    Ok(tab)
}

/// Leaves one tab in the user context of this one, the next one, after everything that pages left there was removed. If
/// there is no next one, it is opened.
pub(super) async fn renew(
    devtools: &DevTools,
    window: (u32, u32),
    before: &OpenTab,
    next: Option<OpenTab>,
) -> Result<OpenTab, BrowserError> {
    let targets = devtools.call(None, "Target.getTargets", json!({}));
    let (tab, enabled) = match next {
        Some(tab) => {
            close_context(devtools, before, targets, Some(&tab)).await?;
            (tab, Vec::new())
        }
        None => {
            let opened = open_tab(devtools, window, before.context.clone(), Place::Foreground);
            tokio::try_join!(opened, close_context(devtools, before, targets, None))?.0
        }
    };
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

/// Opens a tab in a user context, and waits until it is there; the answers say when it is ready.
async fn open_tab(
    devtools: &DevTools,
    (width, height): (u32, u32),
    context: String,
    place: Place,
) -> Result<(OpenTab, Vec<PendingAnswer>), BrowserError> {
    let mut wanted = json!({ "url": "about:blank", "width": width, "height": height, "browserContextId": context });
    wanted["background"] = (place == Place::Background).into();
    let made = devtools.call(None, "Target.createTarget", wanted).get().await?;
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

/// Closes the targets that are tabs of this user context, all but the next one. Afterwards their pages can no longer do
/// anything.
async fn close_context(
    devtools: &DevTools,
    open: &OpenTab,
    targets: PendingAnswer,
    next: Option<&OpenTab>,
) -> Result<(), BrowserError> {
    devtools.call(Some(&open.session), "Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    let targets = targets.get().await?;
    let own = tabs(&targets).find(|tab| tab["targetId"] == open.target.as_str()).map(context_of);
    let closed = tabs(&targets).filter(|tab| Some(context_of(tab)) == own).map(|tab| text(&tab["targetId"]));
    let closed: Vec<_> = closed.filter(|tab| next.is_none_or(|next| next.target != *tab)).collect();
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

/// Ends the user context of a tab with all its tabs. Nobody needs to wait for that: it shares nothing with another one.
pub(super) fn dispose(devtools: &DevTools, tab: &OpenTab) {
    // Gone already, or so is the browser, as the next command says.
    let _ending = devtools.call(None, "Target.disposeBrowserContext", json!({ "browserContextId": tab.context }));
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
    use super::super::connection::tests::{browser_that_answers, result};
    use super::*;

    #[tokio::test]
    async fn a_tab_that_stays_open_is_not_waited_for_without_end() {
        let stays = json!({ "targetInfos": [{ "targetId": "T", "type": "page" }] });
        let address = browser_that_answers(move |call| vec![result(call, &stays)]).await;
        let devtools = DevTools::connect(&address).await.unwrap();

        let ended = gone(&devtools, &["T".to_owned()], Duration::from_millis(20)).await;

        assert!(matches!(ended, Err(BrowserError::Lost { .. })), "{ended:?}");
    }
}
