//! "Choose a Verification Method": what else may be registered instead of a passkey (contract C5.6).

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::http::{Form, RequestContext};
use crate::org::flow::{Flow, Step};
use crate::org::verification::{Frame, with_flow, with_form};
use crate::org::{Org, gate, page, paths};
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
        let Step::Enrol { methods, .. } = &flow.step else {
            return gate::stale(&org, &request, flow);
        };
        let chosen = methods.iter().find(|method| paths::label(**method) == fields.text("selectedMethod"));
        match chosen {
            Some(VerificationMethod::TotpApp) => gate::go_to(&org, &request, flow, paths::ADD_TOTP),
            Some(method) if method.is_passkey() => gate::go_to(&org, &request, flow, paths::ADD_PASSKEY),
            Some(_) => show(&org, &request, flow, Some(NO_PHONE)),
            None => gate::stale(&org, &request, flow),
        }
    })
}

fn show(org: &Org, request: &RequestContext, flow: &mut Flow, error: Option<&str>) -> Response {
    let Step::Enrol { methods, .. } = &flow.step else {
        return gate::resume(org, request, flow);
    };
    let offered = |method: &&VerificationMethod| methods.contains(method);
    let template = ChooseTemplate {
        page: PageName::ChooseVerificationMethod,
        frame: Frame::new(org, request, flow, error),
        labels: ORDER.iter().filter(offered).map(|method| paths::label(*method)).collect(),
        back: paths::ADD_PASSKEY,
    };
    page::show(org, request, PageName::ChooseVerificationMethod, &template)
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

const NO_PHONE: &str = "Salesforce Authenticator is an app on a phone, so it can't be connected to a simulated org.";
