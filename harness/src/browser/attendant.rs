//! Tabs of a browser that somebody else started and drives without WebDriver.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use super::devtools::DevTools;
use super::error::BrowserError;
use super::film::{PageCopy, copy_expression};

/// A connection beside that of whoever drives. Dropping it takes the virtual authenticators out of the tabs.
#[derive(Debug)]
pub(crate) struct Attendant {
    devtools: DevTools,
}

/// What happens to a tab.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TabEvent {
    /// It is there, and is reached by this DevTools session.
    Opened { target: String, session: String },
    /// It shows another page, or the same by another title.
    Changed { target: String },
}

impl Attendant {
    /// Attends the browser with this debugger address: `127.0.0.1:41217`.
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

    /// A copy of a tab's page once it is loaded, to be drawn later: while a picture is taken, those fail that the suite takes
    /// itself. `None` where the page is left before, or takes its time.
    pub(crate) async fn copy(&self, session: &str) -> Option<PageCopy> {
        PageCopy::read(timeout(PATIENCE, self.evaluate(session, &copy_expression())).await.ok()??)
    }

    /// `None` where there is no value, or no such page any more.
    async fn evaluate(&self, session: &str, expression: &str) -> Option<Value> {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut answer = self.devtools.call(Some(session), "Runtime.evaluate", params).get().await.ok()?;
        Some(answer["result"]["value"].take()).filter(|value| !value.is_null())
    }
}

impl TabEvent {
    /// Of a DevTools event. Empty pages are none that anybody looks at.
    pub(super) fn of(method: &str, params: &Value) -> Option<Self> {
        let target = params["targetInfo"]["targetId"].as_str()?.to_owned();
        match method {
            "Target.attachedToTarget" => {
                Some(Self::Opened { target, session: params["sessionId"].as_str()?.to_owned() })
            }
            "Target.targetInfoChanged" => {
                let shown = params["targetInfo"]["url"].as_str()?;
                shown.starts_with("http").then_some(Self::Changed { target })
            }
            _ => None,
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_are_told_when_they_are_there_and_when_they_show_a_page() {
        let info =
            |url: &str| json!({ "sessionId": "S", "targetInfo": { "targetId": "T", "type": "page", "url": url } });
        let opened = TabEvent::Opened { target: "T".to_owned(), session: "S".to_owned() };
        let changed = TabEvent::Changed { target: "T".to_owned() };

        assert_eq!(TabEvent::of("Target.attachedToTarget", &info("about:blank")), Some(opened));
        assert_eq!(TabEvent::of("Target.targetInfoChanged", &info("https://acme.localhost/")), Some(changed));
        assert_eq!(TabEvent::of("Target.targetInfoChanged", &info("about:blank")), None);
        assert_eq!(TabEvent::of("Target.targetDestroyed", &info("https://acme.localhost/")), None);
    }
}
