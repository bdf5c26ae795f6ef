//! Observes a browser that a suite started and drives, over a second connection.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;
use vestibule_model::Credential;

use super::connection::DevTools;
use super::tab_event::TabEvent;
use crate::authenticator::browser_commands::{devtools_authenticator, to_devtools};
use crate::browser::error::BrowserError;
use crate::browser::page::{PageCopy, copy_expression};

/// A second connection beside the suite's. Dropping it removes the virtual authenticators from the tabs.
#[derive(Debug)]
pub(crate) struct CdpObserver {
    devtools: DevTools,
}

impl CdpObserver {
    /// Observes the browser with this debugger address: `127.0.0.1:41217`.
    pub(crate) async fn at(debugger: &str) -> Result<(Self, UnboundedReceiver<TabEvent>), BrowserError> {
        let devtools = DevTools::connect(debugger).await?;
        let tabs = devtools.tabs().await?;
        Ok((Self { devtools }, tabs))
    }

    /// The same if the browser was started with this profile folder. Any other is left alone.
    pub(crate) async fn of_profile(
        debugger: &str,
        profile: &Path,
    ) -> Result<Option<(Self, UnboundedReceiver<TabEvent>)>, BrowserError> {
        let devtools = DevTools::connect(debugger).await?;
        let info = devtools.call(None, "SystemInfo.getInfo", json!({})).get().await?;
        if !uses(info["commandLine"].as_str().unwrap_or_default(), profile) {
            return Ok(None);
        }
        let tabs = devtools.tabs().await?;
        Ok(Some((Self { devtools }, tabs)))
    }

    /// Adds a built-in authenticator with user verification to a tab; returns its id.
    pub(crate) async fn add_authenticator(&self, session: &str) -> Result<String, BrowserError> {
        self.devtools.call(Some(session), "WebAuthn.enable", json!({})).get().await?;
        let options = json!({ "options": devtools_authenticator() });
        let add = self.devtools.call(Some(session), "WebAuthn.addVirtualAuthenticator", options);
        Ok(add.get().await?["authenticatorId"].as_str().unwrap_or_default().to_owned())
    }

    /// Puts a credential into it.
    pub(crate) async fn add_credential(
        &self,
        session: &str,
        authenticator: &str,
        credential: &Credential,
    ) -> Result<(), BrowserError> {
        let add = json!({ "authenticatorId": authenticator, "credential": to_devtools(credential) });
        self.devtools.call(Some(session), "WebAuthn.addCredential", add).get().await.map(drop)
    }

    /// A copy of a tab's page once it is loaded, to be drawn later: taking a picture now would make the suite's own
    /// screenshots fail. `None` if the tab leaves the page first, or the page is slow.
    pub(crate) async fn copy(&self, session: &str) -> Option<PageCopy> {
        PageCopy::read(timeout(COPY_TIMEOUT, self.evaluate(session, &copy_expression())).await.ok()??)
    }

    /// `None` if there is no value, or the page is gone.
    async fn evaluate(&self, session: &str, expression: &str) -> Option<Value> {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut answer = self.devtools.call(Some(session), "Runtime.evaluate", params).get().await.ok()?;
        Some(answer["result"]["value"].take()).filter(|value| !value.is_null())
    }
}

/// Whether a command line names this profile folder, and not one whose name only begins like it. Chromium tells its own
/// with blanks between the arguments and without quotes.
fn uses(command_line: &str, profile: &Path) -> bool {
    let argument = format!("--user-data-dir={}", profile.display());
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(' ');
    command_line.match_indices(&argument).any(|(at, _)| ends(&command_line[at + argument.len()..]))
}

const COPY_TIMEOUT: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_whose_name_only_begins_like_ours_is_that_of_another_browser() {
        for (command_line, ours) in [
            ("chromium --headless --user-data-dir=/tmp/own about:blank", true),
            ("chromium --user-data-dir=/tmp/own", true),
            ("chromium --user-data-dir=/tmp/own2 --headless", false),
            ("chromium --user-data-dir=/tmp/own/deeper", false),
            ("chromium --headless", false),
        ] {
            assert_eq!(uses(command_line, Path::new("/tmp/own")), ours, "{command_line}");
        }
    }
}
