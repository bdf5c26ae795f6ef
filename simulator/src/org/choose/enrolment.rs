//! The methods that can be registered instead of a passkey.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::response::Response;
use vestibule_model::{PageName, VerificationMethod};

use super::selected;
use crate::http::{Form, RequestContext};
use crate::org::dispatcher::{self, Login, Next};
use crate::org::flow::Step;
use crate::org::frame::Frame;
use crate::org::{Org, paths};

pub(super) async fn page(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    dispatcher::on_page(&org, &request, |login| show(login, None))
}

pub(super) async fn answer(
    Extension(org): Extension<Arc<Org>>,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    dispatcher::on_form(&org, &request, &fields, |login| {
        let Step::Enrol { methods, .. } = &login.flow.step else {
            return Next::Stale;
        };
        let Some(chosen) = selected(&fields).filter(|method| methods.contains(method)) else {
            return Next::Stale;
        };
        match chosen.enrolment_path() {
            Some(path) => login.redirect_to(path),
            None => show(login, Some(NO_PHONE)),
        }
    })
}

fn show(login: &Login<'_>, error: Option<&str>) -> Next {
    let Step::Enrol { methods, .. } = &login.flow.step else {
        return Next::Resume;
    };
    let offered = |method: &&VerificationMethod| methods.contains(method);
    let template = ChooseTemplate {
        page: PageName::ChooseVerificationMethod,
        frame: Frame::new(login, error),
        labels: ORDER.iter().filter(offered).map(|method| method.label()).collect(),
        back: paths::ADD_PASSKEY,
    };
    login.show(PageName::ChooseVerificationMethod, &template)
}

#[derive(Template)]
#[template(path = "org/choose_enrolment.html")]
struct ChooseTemplate {
    page: PageName,
    frame: Frame,
    labels: Vec<&'static str>,
    back: &'static str,
}

/// The order on the page (contract C5.6).
const ORDER: [VerificationMethod; 3] =
    [VerificationMethod::SalesforceAuthenticator, VerificationMethod::TotpApp, VerificationMethod::SecurityKey];

const NO_PHONE: &str = "Salesforce Authenticator runs on a phone, so you can't connect it to a simulated org.";
