//! Adds a virtual authenticator with the user's passkeys to each window or tab (WebAuthn L3, section 11), and gives back what
//! became of them where they are kept. Chromium's authenticators belong to one window.

use std::sync::Arc;

use http::Method;
use serde_json::Value;
use vestibule_model::Credential;

use super::capabilities::Browser;
use super::other_window;
use super::recorder::{AuthenticatorOwner, Recorder};
use super::upstream::Upstream;
use crate::authenticator::browser_commands::{
    CredentialError, from_geckodriver, from_webdriver, to_geckodriver, to_webdriver, webdriver_authenticator,
};
use crate::browser::CdpObserver;
use crate::suite::passkeys::{PasskeyKeeper, Passkeys, given_back, lent};

/// The WebDriver server, what is known of its sessions, and one of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct OfSession<'a> {
    pub(super) upstream: &'a Upstream,
    pub(super) recorder: &'a Recorder,
    /// Id of the session.
    pub(super) session: &'a str,
}

impl OfSession<'_> {
    /// Adds the authenticator and its credentials to the window of a new session.
    pub(super) async fn give_first(self, passkeys: &Passkeys) {
        let window = self.ask(Method::GET, "window", None).await;
        let window = window.as_ref().and_then(Value::as_str);
        if let Some(window) = window {
            self.recorder.enters_window(self.session, window);
            self.recorder.switched(self.session, window);
        }
        self.give(window, passkeys).await;
    }

    /// The same for the window to which the session was switched, if it is new.
    pub(super) async fn give_window(self, window: &str, passkeys: &Passkeys) {
        self.recorder.switched(self.session, window);
        if self.recorder.enters_window(self.session, window) {
            self.give(Some(window), passkeys).await;
        }
    }

    /// The same for the browsing context of a BiDi command, if it is a window, and new. A frame is none: it has the
    /// authenticator of its window.
    pub(super) async fn give_context(self, context: &str, passkeys: &Passkeys) {
        if self.recorder.enters_window(self.session, context) {
            let gate = self.recorder.session(self.session).gate.lock_owned().await;
            other_window::within(self.upstream, self.session, context, self.give(Some(context), passkeys)).await;
            drop(gate);
        }
    }

    /// The same for the current window, to which the suite could not add an authenticator of its own.
    pub(super) async fn give_again(self, passkeys: &Passkeys) {
        let window = self.recorder.window(self.session);
        self.give(window.as_deref(), passkeys).await;
    }

    /// Removes our authenticator from the current window: only one can be built in, and the suite adds its own.
    pub(super) async fn make_way(self, keeper: &Arc<dyn PasskeyKeeper>) {
        let window = self.recorder.window(self.session);
        for authenticator in self.recorder.ours_in(self.session, window.as_deref()) {
            self.give_back(&authenticator, keeper).await;
            self.ask(Method::DELETE, &format!("{BASE}/{authenticator}"), None).await;
            self.recorder.authenticator_removed(self.session, &authenticator);
        }
    }

    /// Puts passkeys into an authenticator of the current window. A credential that the browser refuses is not counted.
    pub(super) async fn fill(self, authenticator: &str, passkeys: Vec<Credential>) {
        let write = match self.browser() {
            Some(Browser::Firefox) => to_geckodriver,
            Some(Browser::Chromium | Browser::Edge) | None => to_webdriver,
        };
        for passkey in passkeys {
            let credential = Some(write(&passkey));
            let added = self.ask(Method::POST, &format!("{BASE}/{authenticator}/credential"), credential).await;
            if added.is_some() {
                self.recorder.credentials_changed(self.session, authenticator, |held| held + 1);
            }
        }
    }

    /// Gives back what one authenticator of the current window holds.
    pub(super) async fn give_back(self, authenticator: &str, keeper: &Arc<dyn PasskeyKeeper>) {
        let held = self.ask(Method::GET, &format!("{BASE}/{authenticator}/credentials"), None).await;
        let held = held.as_ref().and_then(Value::as_array).into_iter().flatten();
        let read: fn(&Value) -> Result<Credential, CredentialError> = match self.browser() {
            Some(Browser::Firefox) => from_geckodriver,
            Some(Browser::Chromium | Browser::Edge) | None => from_webdriver,
        };
        // A suite may have put credentials there that are of no kind that we keep.
        given_back(keeper, held.filter_map(|one| read(one).ok()).collect()).await;
    }

    /// Gives back what all authenticators of the session hold.
    pub(super) async fn give_back_all(self, keeper: &Arc<dyn PasskeyKeeper>) {
        for (window, authenticators) in self.recorder.authenticators(self.session) {
            let giving = async {
                for authenticator in authenticators {
                    self.give_back(&authenticator, keeper).await;
                }
            };
            match window {
                Some(window) => other_window::within(self.upstream, self.session, &window, giving).await,
                None => giving.await,
            }
        }
    }

    async fn give(self, window: Option<&str>, passkeys: &Passkeys) {
        let passkeys = next(passkeys, self.recorder).await;
        let added = self.ask(Method::POST, BASE, Some(webdriver_authenticator())).await;
        let Some(Value::String(authenticator)) = added else { return };
        let (window, owner) = (window.map(str::to_owned), AuthenticatorOwner::Vestibule);
        self.recorder.authenticator_added(self.session, &authenticator, window, owner);
        self.fill(&authenticator, passkeys).await;
    }

    fn browser(self) -> Option<Browser> {
        self.recorder.session(self.session).browser
    }

    async fn ask(self, method: Method, command: &str, body: Option<Value>) -> Option<Value> {
        self.upstream.ask(method, &format!("/session/{}/{command}", self.session), body).await
    }
}

/// The same for a tab of a browser that is driven without WebDriver, by the tab's DevTools session.
pub(super) async fn give_tab(browser: &CdpObserver, recorder: &Recorder, tab: &str, passkeys: &Passkeys) {
    // A tab that was closed in the meantime needs no passkeys.
    let Ok(authenticator) = browser.add_authenticator(tab).await else { return };
    recorder.session(tab);
    recorder.authenticator_added(tab, &authenticator, None, AuthenticatorOwner::Vestibule);
    for passkey in next(passkeys, recorder).await {
        if browser.add_credential(tab, &authenticator, &passkey).await.is_ok() {
            recorder.credentials_changed(tab, &authenticator, |held| held + 1);
        }
    }
}

/// The passkeys for one more authenticator.
pub(super) async fn next(passkeys: &Passkeys, recorder: &Recorder) -> Vec<Credential> {
    match passkeys {
        Passkeys::Fixed(passkeys) => {
            let number = recorder.next_authenticator();
            passkeys.iter().map(|passkey| in_authenticator(passkey, number)).collect()
        }
        Passkeys::Kept(keeper) => lent(keeper).await,
    }
}

/// A passkey for one authenticator. A counter that does not grow looks like a cloned key, so each authenticator starts
/// above the earlier ones.
fn in_authenticator(passkey: &Credential, number: u32) -> Credential {
    let sign_count = passkey.sign_count.saturating_add(number.saturating_mul(SIGN_COUNTS_PER_AUTHENTICATOR));
    Credential { sign_count, ..passkey.clone() }
}

const SIGN_COUNTS_PER_AUTHENTICATOR: u32 = 1000;
const BASE: &str = "webauthn/authenticator";
