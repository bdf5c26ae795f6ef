//! "Choose a Verification Method": another of the methods that are registered (contract C3.7).

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::frame::{Frame, with_flow, with_form};
use crate::http::{Form, RequestContext};
use crate::org::flow::Step;
use crate::org::{Org, gate, page, paths};
use vestibule_model::{PageName, VerificationMethod};

pub(super) async fn page(State(org): State<Arc<Org>>, request: RequestContext) -> Response {
    with_flow(&org, &request, |flow| {
        let Step::Verify { methods, chosen, .. } = &flow.step else {
            return gate::resume(&org, &request, flow);
        };
        let option = |method: &VerificationMethod| Choice {
            value: paths::label(*method),
            label: paths::label(*method),
            chosen: method == chosen,
        };
        let template = ChooseTemplate {
            page: PageName::ChooseVerificationMethod,
            frame: Frame::new(&org, &request, flow, None),
            choices: methods.iter().map(option).collect(),
        };
        page::show(&org, &request, PageName::ChooseVerificationMethod, &template)
    })
}

pub(super) async fn answer(
    State(org): State<Arc<Org>>,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    with_form(&org, &request, &fields, |flow| {
        if let Step::Verify { methods, chosen, .. } = &mut flow.step
            && let Some(method) = methods.iter().find(|method| paths::label(**method) == fields.text("selectedMethod"))
        {
            *chosen = *method;
        }
        gate::resume(&org, &request, flow)
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
