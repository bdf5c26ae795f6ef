//! Salesforce Authenticator: the page that waits for a push (contract C1.4, C4.1, C4.2). A phone cannot be connected here; who
//! has one answers as the specification of the user says, or as a test does (`AdministrativeAct::AnswerPush`).

use std::sync::Arc;

use askama::Template;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::json;
use vestibule_model::{PageName, PushAnswer, VerificationMethod};

use super::Descriptor;
use crate::http::routing::{get, post};
use crate::http::{Form, RequestContext};
use crate::org::dispatcher::{self, Login, Next};
use crate::org::flow::Step;
use crate::org::frame::Frame;
use crate::org::{Org, paths};
use crate::realm::{Event, VerificationResult};

pub(super) const DESCRIPTOR: Descriptor =
    Descriptor { methods: &[METHOD], verify: || get(verification).merge(post(send_again)), enrol: None };

const METHOD: VerificationMethod = VerificationMethod::SalesforceAuthenticator;

async fn verification(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    dispatcher::on_page(&org, &request, |login| {
        if !is_offered(login) {
            return Next::Resume;
        }
        let Some(answer) = answer(&org, login) else {
            return show(login, None);
        };
        login.flow.push_waits = false;
        let (result, why) = match answer {
            PushAnswer::Approve => (VerificationResult::Accepted, ""),
            PushAnswer::Deny => (VerificationResult::Denied, DENIED),
            PushAnswer::Report => (VerificationResult::ReportedDenied, DENIED),
            PushAnswer::TimeOut => (VerificationResult::TimedOut, TIMED_OUT),
        };
        let user = login.flow.attempt.user.clone();
        org.realm.record(Event::VerificationChecked { user, method: METHOD, result });
        if result == VerificationResult::Accepted { Next::Proved(METHOD) } else { show(login, Some(why)) }
    })
}

/// "Send Again": the page that comes next sends another request.
async fn send_again(
    Extension(org): Extension<Arc<Org>>,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    dispatcher::on_form(&org, &request, &fields, |login| if is_offered(login) { Next::Resume } else { Next::Stale })
}

/// Whether the request that waits was answered. The page of a real org polls too (contract C4.1).
pub(super) async fn state(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    dispatcher::on_page(&org, &request, |login| {
        let answered = login.user().is_some_and(|user| user.push_answer.or(user.spec.push).is_some());
        let answered = login.flow.push_waits && answered;
        Next::Answer(Json(json!({ "answered": answered })).into_response())
    })
}

/// Makes this page the login's current page, if the login offers it.
fn is_offered(login: &mut Login<'_>) -> bool {
    match &mut login.flow.step {
        Step::Verify { methods, chosen, .. } if methods.contains(&METHOD) => {
            *chosen = METHOD;
            true
        }
        _ => false,
    }
}

/// The answer to the request that waits. If none waits, one is sent.
fn answer(org: &Org, login: &mut Login<'_>) -> Option<PushAnswer> {
    if !std::mem::replace(&mut login.flow.push_waits, true) {
        return None;
    }
    let said = org.realm.users.update(&login.flow.attempt.user, |user| user.push_answer.take().or(user.spec.push));
    said.flatten()
}

/// The page. `over` says why the request is over.
fn show(login: &Login<'_>, over: Option<&str>) -> Next {
    let several = matches!(&login.flow.step, Step::Verify { methods, .. } if methods.len() > 1);
    let template = PushTemplate {
        page: PageName::VerifyPush,
        frame: Frame::new(login, over),
        waits: over.is_none(),
        chooser: several.then_some(paths::CHOOSE_VERIFIER),
    };
    login.show(PageName::VerifyPush, &template)
}

#[derive(Template)]
#[template(path = "org/verify_push.html")]
struct PushTemplate {
    page: PageName,
    frame: Frame,
    /// Whether the request still waits for its answer.
    waits: bool,
    chooser: Option<&'static str>,
}

/// Inferred wording: no public source shows it.
const DENIED: &str = "The request was denied.";
const TIMED_OUT: &str = "The request wasn't answered in time.";
