//! Salesforce Authenticator: the page that waits for a push (contract C4.1). A push can be neither registered nor
//! approved here, because the app is on a phone.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use vestibule_model::{PageName, VerificationMethod};

use super::Descriptor;
use crate::http::RequestContext;
use crate::org::dispatcher::{self, Next};
use crate::org::flow::Step;
use crate::org::frame::Frame;
use crate::org::{Org, paths};

pub(super) const DESCRIPTOR: Descriptor =
    Descriptor { methods: &[VerificationMethod::SalesforceAuthenticator], verify: || get(verification), enrol: None };

async fn verification(State(org): State<Arc<Org>>, request: RequestContext) -> Response {
    dispatcher::on_page(&org, &request, |login| {
        let frame = Frame::new(login, None);
        let Step::Verify { methods, chosen, .. } = &mut login.flow.step else {
            return Next::Resume;
        };
        if !methods.contains(&VerificationMethod::SalesforceAuthenticator) {
            return Next::Resume;
        }
        *chosen = VerificationMethod::SalesforceAuthenticator;
        let chooser = (methods.len() > 1).then_some(paths::CHOOSE_VERIFIER);
        login.show(PageName::VerifyPush, &PushTemplate { page: PageName::VerifyPush, frame, chooser })
    })
}

#[derive(Template)]
#[template(path = "org/verify_push.html")]
struct PushTemplate {
    page: PageName,
    frame: Frame,
    chooser: Option<&'static str>,
}
