//! webauthn-rs as the WebAuthn RP, over function calls and as pages for a browser.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use parking_lot::Mutex;
use serde_json::Value;
use url::Url;
use webauthn_rs::prelude::{
    CreationChallengeResponse, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, RequestChallengeResponse, Uuid, Webauthn, WebauthnBuilder,
};
use webauthn_rs_proto::ResidentKeyRequirement;

use crate::authenticator::{Authenticator, AuthenticatorError};

pub(crate) const RP_ID: &str = "acme.localhost";

/// One account at one RP.
pub(crate) struct RelyingParty {
    webauthn: Webauthn,
    pub(crate) origin: Url,
    passkeys: Mutex<Vec<Passkey>>,
    registration: Mutex<Option<PasskeyRegistration>>,
    authentication: Mutex<Option<PasskeyAuthentication>>,
    pub(crate) last_counter: Mutex<u32>,
}

impl RelyingParty {
    pub(crate) fn new(port: u16) -> Arc<Self> {
        let origin: Url = format!("http://{RP_ID}:{port}").parse().unwrap();
        let webauthn =
            WebauthnBuilder::new(RP_ID, &origin).unwrap().allow_any_port(true).allow_subdomains(true).build().unwrap();
        Arc::new(Self {
            webauthn,
            origin,
            passkeys: Mutex::default(),
            registration: Mutex::default(),
            authentication: Mutex::default(),
            last_counter: Mutex::default(),
        })
    }

    pub(crate) fn creation(&self) -> CreationChallengeResponse {
        let held = self.passkeys.lock().iter().map(|passkey| passkey.cred_id().clone()).collect();
        let started = self.webauthn.start_passkey_registration(Uuid::from_u128(7), "rep", "Rep", Some(held));
        let (mut options, state) = started.unwrap();
        let selection = options.public_key.authenticator_selection.as_mut().unwrap();
        selection.resident_key = Some(ResidentKeyRequirement::Required);
        selection.require_resident_key = true;
        *self.registration.lock() = Some(state);
        options
    }

    pub(crate) fn created(&self, credential: &RegisterPublicKeyCredential) -> Result<(), String> {
        let state = self.registration.lock().take().ok_or("no registration was started")?;
        let passkey =
            self.webauthn.finish_passkey_registration(credential, &state).map_err(|error| format!("{error:?}"))?;
        self.passkeys.lock().push(passkey);
        Ok(())
    }

    pub(crate) fn request(&self) -> RequestChallengeResponse {
        let (options, state) = self.webauthn.start_passkey_authentication(&self.passkeys.lock()).unwrap();
        *self.authentication.lock() = Some(state);
        options
    }

    /// Verifies and keeps the counter, so that a counter that goes back is refused the next time.
    pub(crate) fn asserted(&self, credential: &PublicKeyCredential) -> Result<(), String> {
        let state = self.authentication.lock().take().ok_or("no authentication was started")?;
        let result =
            self.webauthn.finish_passkey_authentication(credential, &state).map_err(|error| format!("{error:?}"))?;
        assert!(result.user_verified());
        *self.last_counter.lock() = result.counter();
        for passkey in self.passkeys.lock().iter_mut() {
            passkey.update_credential(&result);
        }
        Ok(())
    }

    pub(crate) fn register_over_http(&self, authenticator: &mut Authenticator<'_>) {
        let credential = authenticator.register(&self.origin, self.creation()).unwrap();
        self.created(&credential).unwrap();
    }

    pub(crate) fn sign_in_over_http(&self, authenticator: &mut Authenticator<'_>) -> Result<(), AuthenticatorError> {
        let credential = authenticator.authenticate(&self.origin, self.request())?;
        self.asserted(&credential).unwrap();
        Ok(())
    }

    /// Pages with one button each; the title shows the result.
    pub(crate) fn pages(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/register", get(|| page("creation", "created", "create", "parseCreationOptionsFromJSON")))
            .route("/login", get(|| page("request", "asserted", "get", "parseRequestOptionsFromJSON")))
            .route("/creation", get(async |State(rp): State<Arc<Self>>| Json(rp.creation())))
            .route("/request", get(async |State(rp): State<Arc<Self>>| Json(rp.request())))
            .route(
                "/created",
                post(async |State(rp): State<Arc<Self>>, Json(body): Json<Value>| {
                    said(serde_json::from_value(body).map_err(|e| e.to_string()).and_then(|body| rp.created(&body)))
                }),
            )
            .route(
                "/asserted",
                post(async |State(rp): State<Arc<Self>>, Json(body): Json<Value>| {
                    said(serde_json::from_value(body).map_err(|e| e.to_string()).and_then(|body| rp.asserted(&body)))
                }),
            )
            .with_state(Arc::clone(self))
    }
}

fn said(result: Result<(), String>) -> String {
    result.err().unwrap_or_else(|| "accepted".to_owned())
}

async fn page(options: &str, answer: &str, method: &str, parse: &str) -> Html<String> {
    Html(format!(
        "<title>waiting</title><button id=go>Go</button><script>
        document.getElementById('go').onclick = async () => {{
          try {{
            const options = await (await fetch('/{options}')).json();
            const publicKey = PublicKeyCredential.{parse}(options.publicKey);
            const credential = await navigator.credentials.{method}({{ publicKey }});
            const body = JSON.stringify(credential.toJSON());
            const headers = {{ 'content-type': 'application/json' }};
            document.title = await (await fetch('/{answer}', {{ method: 'POST', headers, body }})).text();
          }} catch (error) {{ document.title = error.name; }}
        }};
        </script>"
    ))
}
