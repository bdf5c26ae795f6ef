//! A picture of a tab that somebody else drives.

use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;

use super::devtools::DevTools;
use super::error::BrowserError;

/// A JPEG, in base64, of the tab with this target id in the browser with this debugger address.
///
/// It is taken over a connection of its own: the browser may never answer when the page leaves meanwhile, and a driver
/// that waits for the answer takes no other command. `None` where there is no picture within three seconds.
pub(crate) async fn picture_of_tab(debugger: &str, target: &str) -> Option<String> {
    timeout(PATIENCE, take(debugger, target)).await.ok()?.ok()?
}

async fn take(debugger: &str, target: &str) -> Result<Option<String>, BrowserError> {
    let devtools = DevTools::connect(debugger).await?;
    let attach = json!({ "targetId": target, "flatten": true });
    let attached = devtools.call(None, "Target.attachToTarget", attach).get().await?;
    let format = json!({ "format": "jpeg", "quality": 50 });
    let picture = devtools.call(attached["sessionId"].as_str(), "Page.captureScreenshot", format).get().await?;
    Ok(picture["data"].as_str().map(str::to_owned))
}

const PATIENCE: Duration = Duration::from_secs(3);
