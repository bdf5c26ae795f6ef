//! The device flow: the device shows a code, the user types it into a browser and approves there (RFC 8628; contract F2.3).

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::response::Response;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::admission::{device_flow_blocked, of_grant};
use super::client::Client;
use super::error::OauthError;
use super::issue::{Answer, Authorization, first};
use super::parameters::Parameters;
use super::{issuer, scopes};
use crate::http::{Form, RequestContext, found};
use crate::org::oauth_state::{AnswerTo, Display, REQUEST_LIFETIME, Said, WaitingDevice, WaitingRequest};
use crate::org::{Org, page, paths};
use crate::policy::{AppDecision, AppFacts, AppRefusal, decide_app};
use crate::realm::{App, later};
use vestibule_model::{OauthFlow, PageName, Secret};

/// Starts the flow: the codes for the device and for its user.
pub(super) fn start(org: &Org, request: &RequestContext, parameters: &Parameters<'_>) -> Result<Answer, OauthError> {
    let app = Client::of(org, request, parameters)?.app;
    if is_blocked(org, app) {
        return Err(device_flow_blocked().of_app(app));
    }
    if !app.spec.device_flow {
        let why = "the app does not have the device flow (`device-flow`)";
        return Err(OauthError::invalid_grant("device flow not enabled", why).of_app(app));
    }
    let device = WaitingDevice { app: app.name.clone(), scopes: scopes::asked(app, parameters)?, said: Said::Nothing };
    let now = org.now();
    let end = later(now, LIFETIME);
    let (device_code, user_code) = (org.realm.entropy.token(), org.realm.entropy.code(8));
    org.oauth.devices.put(&device_code, device, end, now);
    org.oauth.user_codes.put(&user_code, Secret::new(&device_code), end, now);
    let members = json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": issuer::url(org, request, paths::CONNECT_DEVICE),
        "interval": INTERVAL_SECONDS,
    });
    match members {
        Value::Object(members) => Ok(members),
        _ => Ok(Answer::new()),
    }
}

/// The device asks again and again until its user has answered.
pub(super) async fn exchange(
    org: &Arc<Org>,
    request: &RequestContext,
    parameters: &Parameters<'_>,
) -> Result<Answer, OauthError> {
    let client = Client::of(org, request, parameters)?;
    let app = client.app;
    client.check_secret(false)?;
    let code = parameters.get("device_code").or_else(|| parameters.get("code")).unwrap_or_default();
    let now = org.now();
    let device = org.oauth.devices.get(code, now).filter(|device| device.app == app.name);
    let device = device.ok_or_else(|| {
        let why = "the device code is unknown, was used before, or its time is over";
        OauthError::invalid_grant("invalid device code", why).of_app(app)
    })?;
    let (user, level) = match device.said {
        Said::Nothing => {
            let why = "the user has not answered yet";
            return Err(OauthError::new("authorization_pending", "user has not approved yet", why).of_app(app));
        }
        Said::Denied => {
            org.oauth.devices.take(code, now);
            let why = "the user denied the device access";
            return Err(OauthError::new("access_denied", "end-user denied authorization", why).of_app(app));
        }
        Said::Allowed { user, level } => (user, level),
    };
    if org.oauth.devices.take(code, now).is_none() {
        let why = "the device code was used at the same time";
        return Err(OauthError::invalid_grant("invalid device code", why).of_app(app).of_user(&user));
    }
    let user = of_grant(org, request, app, &user)?;
    let authorization =
        Authorization { app, user: &user, flow: OauthFlow::Device, scopes: &device.scopes, level, nonce: None };
    first(org, request, &authorization, true).await
}

/// Whether the flow is blocked for the app, whoever its user is.
fn is_blocked(org: &Org, app: &App) -> bool {
    let facts = AppFacts {
        kind: app.spec.kind,
        installed: app.spec.installed,
        permitted_users: app.spec.permitted_users,
        admin_approved: true,
        user_approved: true,
        approves_uninstalled: true,
        flow: OauthFlow::Device,
    };
    let decision = decide_app(&org.realm.rulebook, &facts, org.realm.date());
    decision == AppDecision::Refused(AppRefusal::DeviceFlowBlocked)
}

/// The page for the user's code.
pub(super) async fn show(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    page(&org, &request, None)
}

/// A right code leads to the approval page.
pub(super) async fn connect(
    Extension(org): Extension<Arc<Org>>,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    let now = org.now();
    let typed: String = fields.text("user_code").chars().filter(char::is_ascii_alphanumeric).collect();
    let device_code = org.oauth.user_codes.take(&typed.to_ascii_uppercase(), now);
    let device = device_code.and_then(|code| Some((org.oauth.devices.get(code.reveal(), now)?, code)));
    let Some((device, device_code)) = device else {
        return page(&org, &request, Some("The code is wrong, was used before, or its time is over."));
    };
    let source = org.realm.entropy.token();
    let waiting = WaitingRequest {
        app: device.app,
        scopes: device.scopes,
        answer: AnswerTo::Device { device_code },
        fresh: false,
        asks_again: true,
        silent: false,
        login_hint: None,
        display: Display::default(),
        confirmation: Secret::new(org.realm.entropy.token()),
    };
    let approval = org.my_domain_url(&format!("{}?source={source}", paths::APPROVAL));
    org.oauth.requests.put(&source, waiting, later(now, REQUEST_LIFETIME), now);
    found(&approval)
}

fn page(org: &Org, request: &RequestContext, error: Option<&str>) -> Response {
    let template = ConnectTemplate {
        page: PageName::Unknown,
        action: paths::CONNECT_DEVICE,
        user_code: request.query.text("user_code"),
        error,
    };
    page::show(org, request, PageName::Unknown, &template)
}

#[derive(Template)]
#[template(path = "org/connect_device.html")]
struct ConnectTemplate<'a> {
    page: PageName,
    action: &'static str,
    user_code: &'a str,
    error: Option<&'a str>,
}

/// How long the codes can be used (background).
const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// How long a device waits before it asks again.
const INTERVAL_SECONDS: u32 = 5;
