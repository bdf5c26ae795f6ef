//! Verification with another registered method.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::response::Response;
use vestibule_model::{PageName, VerificationMethod};

use super::selected;
use crate::http::{Form, RequestContext};
use crate::org::Org;
use crate::org::dispatcher::{self, Next};
use crate::org::flow::Step;
use crate::org::frame::Frame;

pub(super) async fn page(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    dispatcher::on_page(&org, &request, |login| {
        let Step::Verify { methods, chosen, .. } = &login.flow.step else {
            return Next::Resume;
        };
        let choice = |method: &VerificationMethod| Choice { label: method.label(), chosen: method == chosen };
        let template = ChooseTemplate {
            page: PageName::ChooseVerificationMethod,
            frame: Frame::new(login, None),
            choices: methods.iter().map(choice).collect(),
        };
        login.show(PageName::ChooseVerificationMethod, &template)
    })
}

pub(super) async fn answer(
    Extension(org): Extension<Arc<Org>>,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    dispatcher::on_form(&org, &request, &fields, |login| {
        if let Step::Verify { methods, chosen, .. } = &mut login.flow.step
            && let Some(method) = selected(&fields).filter(|method| methods.contains(method))
        {
            *chosen = method;
            login.flow.method_chosen = true;
        }
        Next::Resume
    })
}

struct Choice {
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
