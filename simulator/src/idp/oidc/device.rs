//! Devices without a browser: the endpoint where they start, and the page where their user types the code.
//!
//! Source: RFC 8628 3.1, 3.2, 3.3 and 5.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use vestibule_model::{GrantType, PageName};

use super::{answer, client, consent};
use crate::http::{Fields, Form, RequestContext};
use crate::idp::page;
use crate::idp::provider::{DeviceDecision, DeviceRequest, Grant};
use crate::idp::state::{Idp, IdpSession, Request, SignOn};
use crate::oidc::{ClaimsRequest, ClientAuthentication, DEVICE_AUTHORIZATION_PATH, TokenError};

/// Starts a device.
pub(in crate::idp) async fn authorize(
    State(idp): State<Arc<Idp>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    match start(&idp, &context, form).await {
        Ok(body) => answer::json(StatusCode::OK, &body),
        Err(error) => answer::refuse(&idp, &error),
    }
}

async fn start(idp: &Idp, context: &RequestContext, form: Result<Form, BytesRejection>) -> Result<Value, TokenError> {
    let form = form.map_err(|_| TokenError::invalid_request("the request is too large"))?;
    let authentication = ClientAuthentication::parse(context.authorization.as_deref(), &form.body)?;
    let client = client::authenticate(idp, context, &authentication, DEVICE_AUTHORIZATION_PATH).await?;
    client.may_use(GrantType::DeviceCode)?;
    let (device_code, user_code) = (idp.realm.entropy.token(), idp.realm.entropy.code(8));
    let device = DeviceRequest {
        client_id: client.id,
        scope: form.fields.text("scope").to_owned(),
        user_code: user_code.clone(),
        expires_at: idp.after(LIFETIME),
        interval: INTERVAL,
        asked_at: None,
        decision: DeviceDecision::Pending,
    };
    // It is kept longer than it is valid, so that a late device learns that it has expired.
    idp.provider.devices.put(&device_code, device, idp.after(KEPT), idp.now());
    idp.provider.user_codes.put(&user_code, device_code.clone(), idp.after(LIFETIME), idp.now());
    let shown = format!("{}-{}", &user_code[..4], &user_code[4..]);
    Ok(json!({
        "device_code": device_code,
        "user_code": shown,
        "verification_uri": idp.url(PATH),
        "verification_uri_complete": format!("{}?user_code={shown}", idp.url(PATH)),
        "expires_in": LIFETIME.as_secs(),
        "interval": INTERVAL,
    }))
}

/// The page that asks for the code.
pub(in crate::idp) async fn get(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    show(&idp, context.query.text("user_code"), None, None)
}

/// The sign-on of the user who typed a code, or the page that asks again.
pub(in crate::idp) fn typed(idp: &Idp, form: Result<Form, BytesRejection>) -> Result<SignOn, Response> {
    let fields = form.map(|form| form.fields).unwrap_or_default();
    let Some(code) = device_code(idp, &fields) else {
        return Err(show(idp, fields.text("user_code"), Some("No device waits under this code."), None));
    };
    Ok(SignOn {
        request: Request::Device(code),
        hint: None,
        fresh: false,
        passive: false,
        max_age: None,
        opened: None,
        admitted: false,
    })
}

/// Case, blanks and hyphens do not matter (RFC 8628 6.1).
fn device_code(idp: &Idp, fields: &Fields) -> Option<String> {
    let typed: String = fields.text("user_code").chars().filter(char::is_ascii_alphanumeric).take(LONGEST).collect();
    let code = idp.provider.user_codes.get(&typed.to_ascii_uppercase(), idp.now())?;
    let device = idp.provider.devices.get(&code, idp.now())?;
    matches!(device.decision, DeviceDecision::Pending).then_some(code)
}

/// Asks the user who signed in whether the device may act for them (RFC 8628 5.4).
pub(in crate::idp) fn answer_device(
    idp: &Idp,
    context: &RequestContext,
    code: String,
    session: &IdpSession,
) -> Response {
    consent::ask(idp, context, Request::Device(code), session)
}

/// Keeps what the user decided until the device asks.
pub(super) fn decided(idp: &Idp, context: &RequestContext, code: &str, session: &IdpSession, allow: bool) -> Response {
    let signals = match session.chosen.signals(&idp.trust.spec, session.method, None) {
        Ok(signals) => signals.unwrap_or_default(),
        Err(error) => return page::error(idp, &context.path, "server_error", &format!("Failed to {error}.")),
    };
    let now = idp.now();
    let kept = idp.provider.devices.update(code, now, |device| {
        let grant = Grant {
            client_id: device.client_id.clone(),
            user: Some(session.user.clone()),
            scope: device.scope.clone(),
            auth_time: Some(session.auth_time),
            nonce: None,
            signals,
            faults: session.chosen.faults.clone(),
            session: Some(session.index.clone()),
            claims: ClaimsRequest::default(),
            actor: None,
            audience: Vec::new(),
        };
        device.decision = if allow { DeviceDecision::Allowed(Arc::new(grant)) } else { DeviceDecision::Denied };
        device.user_code.clone()
    });
    let Some(user_code) = kept else {
        return show(idp, "", Some("The device waited too long. Start it again."), None);
    };
    idp.provider.user_codes.take(&user_code, now);
    let done = if allow { "The device is connected. Go back to it." } else { "The device is not connected." };
    show(idp, "", None, Some(done))
}

fn show(idp: &Idp, user_code: &str, error: Option<&str>, done: Option<&str>) -> Response {
    let page = PageName::IdpSignIn;
    let status = if error.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let template = DeviceTemplate { page, idp: &idp.trust.idp, user_code, error, done };
    page::show(idp, PATH, page, status, &template)
}

#[derive(Template)]
#[template(path = "idp/device.html")]
struct DeviceTemplate<'a> {
    page: PageName,
    idp: &'a str,
    user_code: &'a str,
    error: Option<&'a str>,
    done: Option<&'a str>,
}

/// The path of the page.
pub(in crate::idp) const PATH: &str = "/device";
/// How long a device waits.
const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
const KEPT: SignedDuration = SignedDuration::from_mins(30);
/// Seconds between two questions of a device.
const INTERVAL: i64 = 5;
/// Longer than any code.
const LONGEST: usize = 16;
