//! Adds a virtual authenticator with the user's passkeys to each new session or tab (WebAuthn L3, section 11).

use http::Method;
use serde_json::Value;
use vestibule_model::Credential;

use super::recorder::Recorder;
use super::upstream::Upstream;
use crate::authenticator::browser_commands::{to_webdriver, webdriver_authenticator};
use crate::browser::CdpObserver;

/// Adds the authenticator and its credentials to a WebDriver session. A credential that the browser refuses is not
/// counted.
pub(super) async fn give(upstream: &Upstream, recorder: &Recorder, session: &str, passkeys: &[Credential]) {
    let number = recorder.session(session).number;
    let base = format!("/session/{session}/webauthn/authenticator");
    let added = upstream.ask(Method::POST, &base, Some(webdriver_authenticator())).await;
    let Some(Value::String(authenticator)) = added else { return };
    recorder.authenticator_added(session, &authenticator);
    for passkey in passkeys {
        let credential = to_webdriver(&in_session(passkey, number));
        let added = upstream.ask(Method::POST, &format!("{base}/{authenticator}/credential"), Some(credential)).await;
        if added.is_some() {
            recorder.credentials_changed(session, &authenticator, |held| held + 1);
        }
    }
}

/// The same for a tab of a browser that is driven without WebDriver, by the tab's DevTools session.
pub(super) async fn give_tab(browser: &CdpObserver, recorder: &Recorder, tab: &str, passkeys: &[Credential]) {
    // A tab that was closed in the meantime needs no passkeys.
    let Ok(authenticator) = browser.add_authenticator(tab).await else { return };
    let number = recorder.session(tab).number;
    recorder.authenticator_added(tab, &authenticator);
    for passkey in passkeys {
        let credential = in_session(passkey, number);
        if browser.add_credential(tab, &authenticator, &credential).await.is_ok() {
            recorder.credentials_changed(tab, &authenticator, |held| held + 1);
        }
    }
}

/// A passkey for one session. A counter that does not grow looks like a cloned key, so each session starts above the
/// earlier ones.
fn in_session(passkey: &Credential, session: u32) -> Credential {
    let sign_count = passkey.sign_count.saturating_add(session.saturating_mul(SIGN_COUNTS_PER_SESSION));
    Credential { sign_count, ..passkey.clone() }
}

const SIGN_COUNTS_PER_SESSION: u32 = 1000;
