//! "Connect an Authenticator App": QR code, key and first code (contract C5.7).

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::http::{Form, RequestContext};
use crate::org::flow::{Flow, Step};
use crate::org::verification::{Frame, with_flow, with_form};
use crate::org::{Org, gate, page, totp};
use crate::realm::{Component, Event};
use vestibule_model::Secret;
use vestibule_model::{PageName, VerificationMethod};

pub(super) async fn page(State(org): State<Arc<Org>>, request: RequestContext) -> Response {
    with_flow(&org, &request, |flow| show(&org, &request, flow, None))
}

pub(super) async fn answer(
    State(org): State<Arc<Org>>,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    with_form(&org, &request, &fields, |flow| {
        let Some(secret) = offered_secret(flow) else {
            return gate::stale(&org, &request, flow);
        };
        let code = totp::typed(fields.text("t"));
        let now = org.realm.clock.unix(Component::Org);
        let Some(step) = totp::of_secret(&secret, "").and_then(|totp| totp.check(&code, now)) else {
            return show(&org, &request, flow, Some(BAD_CODE));
        };
        let user = flow.attempt.user.clone();
        let method = VerificationMethod::TotpApp;
        org.realm.users.update(&user, |user| {
            user.totp_secret = Some(secret);
            user.last_totp_step = Some(step);
        });
        org.realm.record(Event::VerifierEnrolled { user, method });
        gate::proved(&org, &request, flow, method)
    })
}

fn show(org: &Org, request: &RequestContext, flow: &mut Flow, error: Option<&str>) -> Response {
    let frame = Frame::new(org, request, flow, error);
    let secret = offered_secret(flow);
    let qr = secret.as_ref().and_then(|secret| totp::of_secret(secret, &frame.username)?.to_qr_base64().ok());
    let (Some(secret), Some(qr)) = (secret, qr) else {
        return gate::resume(org, request, flow);
    };
    let template =
        TotpAppTemplate { page: PageName::ConnectAuthenticatorApp, frame, qr, key: secret.reveal().to_owned() };
    page::show(org, request, PageName::ConnectAuthenticatorApp, &template)
}

/// The secret that this login may register; `None` where no authenticator app is offered.
fn offered_secret(flow: &Flow) -> Option<Secret> {
    match &flow.step {
        Step::Enrol { methods, totp_secret, .. } if methods.contains(&VerificationMethod::TotpApp) => {
            Some(totp_secret.clone())
        }
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "org/connect_totp.html")]
struct TotpAppTemplate {
    page: PageName,
    frame: Frame,
    qr: String,
    key: String,
}

const BAD_CODE: &str = "Your verification code is incorrect or has expired. Try again.";
