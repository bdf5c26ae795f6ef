//! What happens to the tabs of a browser that a suite drives.

use serde_json::Value;
use vestibule_model::Credential;

use crate::authenticator::browser_commands::from_devtools;

/// What happens to a tab.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TabEvent {
    /// It exists, and this DevTools session reaches it.
    Opened { target: String, session: String },
    /// It shows another page, or the same page with another title.
    Changed { target: String },
    /// A passkey in an authenticator that we added was made, or has signed: as it is now.
    PasskeyUsed(Box<Credential>),
}

impl TabEvent {
    /// Reads a DevTools event. Ignores empty pages.
    pub(super) fn of(method: &str, params: &Value) -> Option<Self> {
        let target = || params["targetInfo"]["targetId"].as_str().map(str::to_owned);
        match method {
            "Target.attachedToTarget" => {
                Some(Self::Opened { target: target()?, session: params["sessionId"].as_str()?.to_owned() })
            }
            "Target.targetInfoChanged" => {
                let (target, shown) = (target()?, params["targetInfo"]["url"].as_str()?);
                shown.starts_with("http").then_some(Self::Changed { target })
            }
            "WebAuthn.credentialAdded" | "WebAuthn.credentialAsserted" => {
                Some(Self::PasskeyUsed(Box::new(from_devtools(&params["credential"]).ok()?)))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::TabEvent;
    use crate::authenticator::browser_commands::to_devtools;
    use crate::authenticator::tests::relying_party::RelyingParty;
    use crate::authenticator::{Authenticator, CredentialStore};

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

    #[test]
    fn a_passkey_that_was_made_or_signed_is_told_as_it_is_now() {
        let mut store = CredentialStore::default();
        RelyingParty::new(1).register_over_http(&mut Authenticator::new(&mut store));
        let mut passkey = store.credentials()[0].clone();
        passkey.sign_count = 7;
        let params = json!({ "authenticatorId": "A", "credential": to_devtools(&passkey) });

        for method in ["WebAuthn.credentialAdded", "WebAuthn.credentialAsserted"] {
            assert_eq!(TabEvent::of(method, &params), Some(TabEvent::PasskeyUsed(Box::new(passkey.clone()))));
        }
        assert_eq!(TabEvent::of("WebAuthn.credentialAsserted", &json!({ "credential": {} })), None);
    }
}
