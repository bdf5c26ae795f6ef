//! Observes a browser that somebody else started and drives, beside their own connection.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use super::connection::DevTools;
use super::tab_event::TabEvent;
use crate::browser::error::BrowserError;
use crate::browser::page::{PageCopy, copy_expression};

/// A connection beside that of whoever drives. Dropping it takes the virtual authenticators out of the tabs.
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

    /// Adds a built-in authenticator that verifies its user to a tab; its id there.
    pub(crate) async fn add_authenticator(&self, session: &str) -> Result<String, BrowserError> {
        self.devtools.call(Some(session), "WebAuthn.enable", json!({})).get().await?;
        let options = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "automaticPresenceSimulation": true,
            "isUserVerified": true,
        });
        let add = self.devtools.call(Some(session), "WebAuthn.addVirtualAuthenticator", json!({ "options": options }));
        Ok(add.get().await?["authenticatorId"].as_str().unwrap_or_default().to_owned())
    }

    /// Puts a credential into it: `Credential` of the DevTools domain WebAuthn, binary fields in base64.
    pub(crate) async fn add_credential(
        &self,
        session: &str,
        authenticator: &str,
        credential: Value,
    ) -> Result<(), BrowserError> {
        let add = json!({ "authenticatorId": authenticator, "credential": credential });
        self.devtools.call(Some(session), "WebAuthn.addCredential", add).get().await.map(drop)
    }

    /// A copy of a tab's page once it is loaded, to be drawn later: while a picture is taken, those fail that the suite
    /// takes itself. `None` if the page is left before, or takes its time.
    pub(crate) async fn copy(&self, session: &str) -> Option<PageCopy> {
        PageCopy::read(timeout(COPY_TIMEOUT, self.evaluate(session, &copy_expression())).await.ok()??)
    }

    /// `None` if there is no value, or no such page any more.
    async fn evaluate(&self, session: &str, expression: &str) -> Option<Value> {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut answer = self.devtools.call(Some(session), "Runtime.evaluate", params).get().await.ok()?;
        Some(answer["result"]["value"].take()).filter(|value| !value.is_null())
    }
}

const COPY_TIMEOUT: Duration = Duration::from_secs(3);
