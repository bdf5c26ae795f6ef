//! The waiting page of the vendor's own authenticator app (contract C4.1). Nobody can approve here: the app is a phone's.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::frame::{Frame, with_flow};
use crate::http::RequestContext;
use crate::org::flow::Step;
use crate::org::{Org, gate, page, paths};
use vestibule_model::{PageName, VerificationMethod};

pub(super) async fn page(State(org): State<Arc<Org>>, request: RequestContext) -> Response {
    with_flow(&org, &request, |flow| {
        let frame = Frame::new(&org, &request, flow, None);
        let Step::Verify { methods, chosen, .. } = &mut flow.step else {
            return gate::resume(&org, &request, flow);
        };
        if !methods.contains(&VerificationMethod::SalesforceAuthenticator) {
            return gate::resume(&org, &request, flow);
        }
        *chosen = VerificationMethod::SalesforceAuthenticator;
        let chooser = (methods.len() > 1).then_some(paths::CHOOSE_VERIFIER);
        let template = PushTemplate { page: PageName::VerifyPush, frame, chooser };
        page::show(&org, &request, PageName::VerifyPush, &template)
    })
}

#[derive(Template)]
#[template(path = "org/verify_push.html")]
struct PushTemplate {
    page: PageName,
    frame: Frame,
    chooser: Option<&'static str>,
}
