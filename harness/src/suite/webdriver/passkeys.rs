//! Adds a virtual authenticator with the user's passkeys to each new session or tab (WebAuthn L3, section 11).

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use http::Method;
use serde_json::{Value, json};
use vestibule_model::Credential;

use super::recorder::Recorder;
use super::upstream::Upstream;
use crate::authenticator::to_webdriver;
use crate::browser::CdpObserver;

/// Adds the authenticator and its credentials to a WebDriver session. A credential that the browser refuses is not
/// counted.
pub(super) async fn give(upstream: &Upstream, recorder: &Recorder, session: &str, passkeys: &[Credential]) {
    let number = recorder.session(session).number;
    let base = format!("/session/{session}/webauthn/authenticator");
    let kind = json!({
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": true,
        "hasUserVerification": true,
        "isUserConsenting": true,
        "isUserVerified": true,
    });
    let Some(Value::String(authenticator)) = upstream.ask(Method::POST, &base, Some(kind)).await else { return };
    recorder.authenticator_added(session, &authenticator);
    for passkey in passkeys {
        let credential = parameters(passkey, number);
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
        let credential = parameters(passkey, number);
        if browser.add_credential(tab, &authenticator, in_base64(credential)).await.is_ok() {
            recorder.credentials_changed(tab, &authenticator, |held| held + 1);
        }
    }
}

/// WebDriver takes binary fields in base64url, DevTools in base64.
fn in_base64(mut credential: Value) -> Value {
    for name in ["credentialId", "privateKey", "userHandle"] {
        let bytes = credential[name].as_str().and_then(|text| BASE64_URL_SAFE_NO_PAD.decode(text).ok());
        if let Some(bytes) = bytes {
            credential[name] = BASE64_STANDARD.encode(bytes).into();
        }
    }
    credential
}

/// The parameters of a credential for one session.
fn parameters(passkey: &Credential, session: u32) -> Value {
    let mut parameters = to_webdriver(passkey);
    // A counter that does not grow looks like a cloned key, so each session starts above the earlier ones.
    let sign_count = passkey.sign_count.saturating_add(session.saturating_mul(SIGN_COUNTS_PER_SESSION));
    parameters["signCount"] = sign_count.into();
    parameters
}

const SIGN_COUNTS_PER_SESSION: u32 = 1000;
