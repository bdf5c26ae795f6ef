//! "Choose a Verification Method": another of the methods that are registered (contract C3.7).

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;

use super::frame::{Frame, with_flow, with_form};
use crate::org::flow::Step;
use crate::org::{Fields, Org, Visit, gate, page, paths};
use vestibule_model::{PageName, VerificationMethod};

pub(super) async fn page(State(org): State<Arc<Org>>, visit: Visit) -> Response {
    with_flow(&org, &visit, |flow| {
        let Step::Verify { methods, chosen, .. } = &flow.step else {
            return gate::resume(&org, &visit, flow);
        };
        let option = |method: &VerificationMethod| Choice {
            value: paths::label(*method),
            label: paths::label(*method),
            chosen: method == chosen,
        };
        let template = ChooseTemplate {
            page: PageName::ChooseVerificationMethod,
            frame: Frame::new(&org, &visit, flow, None),
            choices: methods.iter().map(option).collect(),
        };
        page::show(&org, &visit, PageName::ChooseVerificationMethod, &template)
    })
}

pub(super) async fn answer(State(org): State<Arc<Org>>, visit: Visit, body: Bytes) -> Response {
    let fields = Fields::parse(&body);
    with_form(&org, &visit, &fields, |flow| {
        if let Step::Verify { methods, chosen, .. } = &mut flow.step
            && let Some(method) = methods.iter().find(|method| paths::label(**method) == fields.text("selectedMethod"))
        {
            *chosen = *method;
        }
        gate::resume(&org, &visit, flow)
    })
}

struct Choice {
    value: &'static str,
    label: &'static str,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "org/choose_verifier.html")]
struct ChooseTemplate {
    page: PageName,
    frame: Frame,
    choices: Vec<Choice>,
}
