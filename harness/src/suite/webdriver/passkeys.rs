//! Adds a virtual authenticator with the user's passkeys to each window or tab (WebAuthn L3, section 11). Chromium's
//! authenticators belong to one window.

use http::Method;
use serde_json::Value;
use vestibule_model::Credential;

use super::other_window;
use super::recorder::Recorder;
use super::upstream::Upstream;
use crate::authenticator::browser_commands::{to_webdriver, webdriver_authenticator};
use crate::browser::CdpObserver;

/// Adds the authenticator and its credentials to the window of a new WebDriver session.
pub(super) async fn give_session(upstream: &Upstream, recorder: &Recorder, session: &str, passkeys: &[Credential]) {
    let window = upstream.ask(Method::GET, &format!("/session/{session}/window"), None).await;
    if let Some(window) = window.as_ref().and_then(Value::as_str) {
        recorder.enters_window(session, window);
    }
    give(upstream, recorder, session, passkeys).await;
}

/// The same for the window to which a session was switched, if it is new.
pub(super) async fn give_window(
    upstream: &Upstream,
    recorder: &Recorder,
    session: &str,
    window: &str,
    passkeys: &[Credential],
) {
    if recorder.enters_window(session, window) {
        give(upstream, recorder, session, passkeys).await;
    }
}

/// The same for the browsing context of a BiDi command, if it is a window, and new. A frame is none: it has the authenticator
/// of its window.
pub(super) async fn give_context(
    upstream: &Upstream,
    recorder: &Recorder,
    session: &str,
    context: &str,
    passkeys: &[Credential],
) {
    if recorder.enters_window(session, context) {
        let gate = recorder.session(session).gate.lock_owned().await;
        other_window::within(upstream, session, context, give(upstream, recorder, session, passkeys)).await;
        drop(gate);
    }
}

/// A credential that the browser refuses is not counted.
async fn give(upstream: &Upstream, recorder: &Recorder, session: &str, passkeys: &[Credential]) {
    let number = recorder.next_authenticator();
    let base = format!("/session/{session}/webauthn/authenticator");
    let added = upstream.ask(Method::POST, &base, Some(webdriver_authenticator())).await;
    let Some(Value::String(authenticator)) = added else { return };
    recorder.authenticator_added(session, &authenticator);
    for passkey in passkeys {
        let credential = to_webdriver(&in_authenticator(passkey, number));
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
    let number = recorder.next_authenticator();
    recorder.session(tab);
    recorder.authenticator_added(tab, &authenticator);
    for passkey in passkeys {
        let credential = in_authenticator(passkey, number);
        if browser.add_credential(tab, &authenticator, &credential).await.is_ok() {
            recorder.credentials_changed(tab, &authenticator, |held| held + 1);
        }
    }
}

/// A passkey for one authenticator. A counter that does not grow looks like a cloned key, so each authenticator starts
/// above the earlier ones.
fn in_authenticator(passkey: &Credential, number: u32) -> Credential {
    let sign_count = passkey.sign_count.saturating_add(number.saturating_mul(SIGN_COUNTS_PER_AUTHENTICATOR));
    Credential { sign_count, ..passkey.clone() }
}

const SIGN_COUNTS_PER_AUTHENTICATOR: u32 = 1000;
