//! Pictures of tabs that somebody else drives.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::devtools::DevTools;
use super::error::BrowserError;

/// A browser that is looked at over a connection of our own. It may never answer when a page leaves while its picture is
/// taken, and a driver that waits for that answer takes no other command.
///
/// The connection stays until this is dropped: a tab that is left by one DevTools session loses the virtual authenticators
/// of all.
#[derive(Debug)]
pub(crate) struct Glance {
    debugger: String,
    view: Mutex<Option<View>>,
}

#[derive(Debug)]
struct View {
    devtools: DevTools,
    /// DevTools session by target id.
    tabs: HashMap<String, String>,
}

impl Glance {
    /// Looks at the browser with this debugger address.
    pub(crate) fn at(debugger: String) -> Self {
        Self { debugger, view: Mutex::default() }
    }

    /// A JPEG, in base64, of the tab with this target id. `None` where there is none within three seconds.
    pub(crate) async fn picture(&self, target: &str) -> Option<String> {
        timeout(PATIENCE, self.take(target)).await.ok()?.ok()?
    }

    async fn take(&self, target: &str) -> Result<Option<String>, BrowserError> {
        let mut view = self.view.lock().await;
        let view = match &mut *view {
            Some(view) => view,
            none => none.insert(View { devtools: DevTools::connect(&self.debugger).await?, tabs: HashMap::new() }),
        };
        if !view.tabs.contains_key(target) {
            let attach = json!({ "targetId": target, "flatten": true });
            let mut attached = view.devtools.call(None, "Target.attachToTarget", attach).get().await?;
            let session = serde_json::from_value(attached["sessionId"].take()).unwrap_or_default();
            view.tabs.insert(target.to_owned(), session);
        }
        let format = json!({ "format": "jpeg", "quality": 50 });
        let session = view.tabs.get(target).map(String::as_str);
        let picture = view.devtools.call(session, "Page.captureScreenshot", format).get().await?;
        Ok(picture["data"].as_str().map(str::to_owned))
    }
}

const PATIENCE: Duration = Duration::from_secs(3);
