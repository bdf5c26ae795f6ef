//! Device activation: the code sent by email (contract C3.4, M1.10).

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::code::{BAD_CODE, TOO_MANY};
use super::frame::{Frame, with_flow, with_form};
use crate::http::{Form, RequestContext, with_cookies};
use crate::org::flow::{Flow, Step};
use crate::org::{Org, cookies, gate, page, paths, totp};
use crate::realm::{Component, Event, LockoutCause, User, VerificationResult};
use vestibule_model::PageName;

pub(super) async fn page(State(org): State<Arc<Org>>, request: RequestContext) -> Response {
    with_flow(&org, &request, |flow| show(&org, &request, flow, None))
}

pub(super) async fn answer(
    State(org): State<Arc<Org>>,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    with_form(&org, &request, &fields, |flow| {
        let Step::ActivateDevice { code, .. } = &flow.step else {
            return gate::stale(&org, &request, flow);
        };
        let right = code.reveal() == totp::typed(fields.text("emc"));
        let now = org.realm.clock.now(Component::Org);
        let key = flow.attempt.user.clone();
        let device = cookies::device_id(&request).map_or_else(|| org.realm.entropy.token(), str::to_owned);
        let result = org.realm.users.update(&key, |user| {
            if user.is_locked(now) {
                return (VerificationResult::LockedOut, false);
            }
            if right {
                user.failed_codes = 0;
                user.devices.insert(device.clone());
                return (VerificationResult::Accepted, false);
            }
            let counted = totp::count_bad_code(user, VerificationResult::Wrong, now);
            (counted, counted == VerificationResult::LockedOut)
        });
        let (result, locked_now) = result.unwrap_or((VerificationResult::Wrong, false));
        if locked_now {
            org.realm.record(Event::UserLockedOut { user: key.clone(), by: LockoutCause::Codes });
        }
        let accepted = result == VerificationResult::Accepted;
        org.realm.record(Event::DeviceActivationChecked { user: key, accepted });
        match result {
            VerificationResult::Accepted => {
                with_cookies(gate::complete_activation(&org, &request, flow), cookies::device(&device))
            }
            VerificationResult::LockedOut => show(&org, &request, flow, Some(TOO_MANY)),
            _ => show(&org, &request, flow, Some(BAD_CODE)),
        }
    })
}

pub(super) async fn resend(State(org): State<Arc<Org>>, request: RequestContext) -> Response {
    with_flow(&org, &request, |flow| {
        if let (Step::ActivateDevice { code, .. }, Some(user)) =
            (&mut flow.step, org.realm.users.get(&flow.attempt.user))
        {
            *code = gate::send_code(&org, &user);
        }
        gate::resume(&org, &request, flow)
    })
}

fn show(org: &Org, request: &RequestContext, flow: &mut Flow, error: Option<&str>) -> Response {
    if !matches!(flow.step, Step::ActivateDevice { .. }) {
        return gate::resume(org, request, flow);
    }
    let user = org.realm.users.get(&flow.attempt.user);
    let template = EmailTemplate {
        page: PageName::VerifyEmail,
        frame: Frame::new(org, request, flow, error),
        address: user.as_ref().map(masked).unwrap_or_default(),
        resend: format!("{}?vcsrf={}&vir=1", paths::EMAIL_RESEND, flow.vcsrf.reveal()),
    };
    page::show(org, request, PageName::VerifyEmail, &template)
}

/// `a***@acme.example`.
fn masked(user: &User) -> String {
    let (name, domain) = user.email.split_once('@').unwrap_or((&user.email, ""));
    format!("{}***@{domain}", name.chars().take(1).collect::<String>())
}

#[derive(Template)]
#[template(path = "org/verify_email.html")]
struct EmailTemplate {
    page: PageName,
    frame: Frame,
    address: String,
    resend: String,
}
