//! The passkey page: "Log In With a Passkey" (contract C1.6).

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use webauthn_rs::prelude::PublicKeyCredential;

use super::frame::{Frame, with_flow, with_form};
use crate::http::{Form, RequestContext};
use crate::org::flow::{Flow, Step};
use crate::org::{Org, gate, page, passkeys, paths};
use crate::realm::{Event, VerificationResult};
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
        let Step::Verify { ceremony, chosen, .. } = &mut flow.step else {
            return gate::stale(&org, &request, flow);
        };
        let Some(ceremony) = ceremony.take() else {
            return gate::stale(&org, &request, flow);
        };
        let expected = *chosen;
        let key = flow.attempt.user.clone();
        let credential = serde_json::from_str::<PublicKeyCredential>(fields.text("credential")).ok();
        let answered = credential
            .and_then(|credential| passkeys::finish_verification(&org.realm, &key, &ceremony, &credential).ok());
        let result = if answered.is_some() { VerificationResult::Accepted } else { VerificationResult::Wrong };
        let method = answered.unwrap_or(expected);
        org.realm.record(Event::VerificationChecked { user: key, method, result });
        match answered {
            Some(method) => gate::proved(&org, &request, flow, method),
            None => show(&org, &request, flow, Some(REFUSED)),
        }
    })
}

fn show(org: &Org, request: &RequestContext, flow: &mut Flow, error: Option<&str>) -> Response {
    let key = flow.attempt.user.clone();
    let frame = Frame::new(org, request, flow, error);
    let Step::Verify { methods, chosen, ceremony } = &mut flow.step else {
        return gate::resume(org, request, flow);
    };
    let passkeys: Vec<VerificationMethod> = methods.iter().copied().filter(|method| method.is_passkey()).collect();
    let started = passkeys::start_verification(&org.realm, &key);
    let (Some(first), Ok((options, state))) = (passkeys.first(), started) else {
        return gate::resume(org, request, flow);
    };
    if !chosen.is_passkey() {
        *chosen = *first;
    }
    *ceremony = Some(Box::new(state));
    let template = PasskeyTemplate {
        page: PageName::VerifyPasskey,
        frame,
        options: page::json_for_script(&options),
        chooser: (methods.len() > passkeys.len()).then_some(paths::CHOOSE_VERIFIER),
    };
    page::show(org, request, PageName::VerifyPasskey, &template)
}

#[derive(Template)]
#[template(path = "org/verify_passkey.html")]
struct PasskeyTemplate {
    page: PageName,
    frame: Frame,
    options: String,
    chooser: Option<&'static str>,
}

const REFUSED: &str = "We couldn't verify your passkey. Try again.";
