//! The gate itself: "Create a Passkey".

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use webauthn_rs::prelude::RegisterPublicKeyCredential;

use crate::http::{Form, RequestContext};
use crate::org::flow::{Flow, Step};
use crate::org::verification::{Frame, with_flow, with_form};
use crate::org::{Org, gate, page, passkeys, paths};
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
        let Step::Enrol { methods, ceremony, .. } = &mut flow.step else {
            return gate::stale(&org, &request, flow);
        };
        let (Some(ceremony), Some(default)) = (ceremony.take(), first_passkey(methods)) else {
            return gate::stale(&org, &request, flow);
        };
        let credential = serde_json::from_str::<RegisterPublicKeyCredential>(fields.text("credential")).ok();
        let finished = credential
            .and_then(|credential| passkeys::finish_registration(&org.realm, &ceremony, &credential, default).ok());
        match finished {
            Some(method) => gate::proved(&org, &request, flow, method),
            None => show(&org, &request, flow, Some(REFUSED)),
        }
    })
}

fn show(org: &Org, request: &RequestContext, flow: &mut Flow, error: Option<&str>) -> Response {
    let frame = Frame::new(org, request, flow, error);
    let Step::Enrol { methods, ceremony, .. } = &mut flow.step else {
        return gate::resume(org, request, flow);
    };
    let started = passkeys::start_registration(&org.realm, &flow.attempt.user);
    let (Some(_), Ok((options, registration))) = (first_passkey(methods), started) else {
        return gate::resume(org, request, flow);
    };
    *ceremony = Some(Box::new(registration));
    let others = methods.iter().any(|method| *method != VerificationMethod::BuiltInAuthenticator);
    let template = AddPasskeyTemplate {
        page: PageName::CreatePasskey,
        frame,
        options: page::json_for_script(&options),
        autostart: org.realm.spec.org.gate_autostart,
        chooser: others.then_some(paths::ADD_OTHER),
    };
    page::show(org, request, PageName::CreatePasskey, &template)
}

fn first_passkey(methods: &[VerificationMethod]) -> Option<VerificationMethod> {
    methods.iter().copied().find(|method| method.is_passkey())
}

#[derive(Template)]
#[template(path = "org/add_passkey.html")]
struct AddPasskeyTemplate {
    page: PageName,
    frame: Frame,
    options: String,
    autostart: bool,
    chooser: Option<&'static str>,
}

const REFUSED: &str = "We couldn't register your passkey. Try again.";
