//! Virtual authenticators for tabs that somebody else drives without WebDriver.

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use super::devtools::DevTools;
use super::error::BrowserError;

/// A browser that somebody else started and drives. Dropping this takes the authenticators out of its tabs.
#[derive(Debug)]
pub(crate) struct Attendant {
    devtools: DevTools,
    tabs: UnboundedReceiver<String>,
}

/// A virtual authenticator in one of its tabs.
#[derive(Debug)]
pub(crate) struct TabAuthenticator {
    /// DevTools session of the tab.
    pub(crate) tab: String,
    /// Its id in the tab.
    pub(crate) id: String,
}

impl Attendant {
    /// Attends the browser with this debugger address: `127.0.0.1:41217`.
    pub(crate) async fn at(debugger: &str) -> Result<Self, BrowserError> {
        let devtools = DevTools::connect(debugger).await?;
        let tabs = devtools.tabs().await?;
        Ok(Self { devtools, tabs })
    }

    /// Waits for the next tab, and adds a built-in authenticator that verifies its user. `None` once the browser is gone.
    pub(crate) async fn next_tab(&mut self) -> Option<Result<TabAuthenticator, BrowserError>> {
        let tab = self.tabs.recv().await?;
        Some(self.add_authenticator(tab).await)
    }

    /// Puts a credential into it: `Credential` of the DevTools domain WebAuthn, binary fields in base64.
    pub(crate) async fn add_credential(
        &self,
        authenticator: &TabAuthenticator,
        credential: Value,
    ) -> Result<(), BrowserError> {
        let add = json!({ "authenticatorId": authenticator.id, "credential": credential });
        self.devtools.call(Some(&authenticator.tab), "WebAuthn.addCredential", add).get().await.map(drop)
    }

    async fn add_authenticator(&self, tab: String) -> Result<TabAuthenticator, BrowserError> {
        self.devtools.call(Some(&tab), "WebAuthn.enable", json!({})).get().await?;
        let options = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "automaticPresenceSimulation": true,
            "isUserVerified": true,
        });
        let add = self.devtools.call(Some(&tab), "WebAuthn.addVirtualAuthenticator", json!({ "options": options }));
        let id = add.get().await?["authenticatorId"].as_str().unwrap_or_default().to_owned();
        Ok(TabAuthenticator { tab, id })
    }
}
