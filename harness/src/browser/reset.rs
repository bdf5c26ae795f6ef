//! Between two cases, a reused browser forgets everything.

use std::collections::BTreeSet;

use serde_json::json;
use url::Url;

use super::error::BrowserError;
use super::session::WebDriverSession;

impl WebDriverSession {
    /// Leaves one empty tab of a fresh browsing session: cookies, storage and cache of every host, `sessionStorage`,
    /// virtual authenticators, further windows and the history are gone. Where a password of HTTP authentication was
    /// given, which no command removes, a browser that was started here gets another user context; one behind a WebDriver
    /// URL keeps it.
    ///
    /// # Errors
    ///
    /// When the session is lost; the caller opens a new one then.
    pub async fn reset(&self) -> Result<(), BrowserError> {
        if let Some(tab) = &self.tab {
            if tab.knows_a_password() {
                return self.fresh_context().await;
            }
            // Authenticators end with the tab that they were added to.
            self.authenticators.lock().clear();
            drop(self.take_copies());
            return self.bounded("reset the browser", tab.reset()).await;
        }
        // Storage belongs to origins, and only the history knows which ones were visited.
        let visited = self.visited_origins().await?;
        let authenticators = std::mem::take(&mut *self.authenticators.lock());
        for id in &authenticators {
            match self.remove_authenticator(id).await {
                // Authenticators die with the window that they were added to.
                Ok(()) | Err(BrowserError::Refused { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        drop(self.take_copies());
        self.fresh_tab().await?;
        for origin in visited {
            self.cdp("Storage.clearDataForOrigin", json!({ "origin": origin, "storageTypes": "all" })).await?;
        }
        self.cdp("Network.clearBrowserCookies", json!({})).await?;
        self.cdp("Network.clearBrowserCache", json!({})).await?;
        self.console().await.map(drop)
    }

    /// A new tab has its own `sessionStorage`, history and `window.name`; the old ones are closed.
    async fn fresh_tab(&self) -> Result<(), BrowserError> {
        let old = self.command("list the windows", self.client.windows()).await?;
        let fresh = self.command("open a tab", self.client.new_window(true)).await?;
        for handle in old {
            self.command("switch to a window", self.client.switch_to_window(handle)).await?;
            self.command("close a window", self.client.close_window()).await?;
        }
        self.command("switch to a window", self.client.switch_to_window(fresh.handle)).await
    }

    async fn visited_origins(&self) -> Result<BTreeSet<String>, BrowserError> {
        let mut origins = BTreeSet::new();
        for handle in self.command("list the windows", self.client.windows()).await? {
            self.command("switch to a window", self.client.switch_to_window(handle)).await?;
            let history = self.cdp("Page.getNavigationHistory", json!({})).await?;
            let entries = history["entries"].as_array().into_iter().flatten();
            let urls = entries.filter_map(|entry| Url::parse(entry["url"].as_str()?).ok());
            origins.extend(urls.filter(Url::has_host).map(|url| url.origin().ascii_serialization()));
        }
        Ok(origins)
    }
}
