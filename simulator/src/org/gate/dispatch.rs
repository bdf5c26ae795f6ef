//! Leading a browser back to where its login stands.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;

use super::advance::advance;
use super::complete::{arrive, login_page};
use crate::http::{RequestContext, found, with_cookies};
use crate::org::flow::{Flow, SharedFlow, Step};
use crate::org::handover::Cargo;
use crate::org::return_url::{ReturnUrl, encode};
use crate::org::{Org, cookies, paths};
use crate::realm::{Event, HostRole};
use vestibule_model::PageName;

/// The login under way in this browser: by its flow cookie, or by the session that belongs to it.
pub(crate) fn current(org: &Org, request: &RequestContext) -> Option<SharedFlow> {
    let by_cookie = request.cookie(cookies::FLOW).and_then(|id| org.flows.find(&org.realm, id));
    by_cookie.or_else(|| request.cookie(cookies::SID).and_then(|sid| org.flows.of_session(&org.realm, sid)))
}

/// Leads the browser to where its login stands.
pub(crate) fn resume(org: &Org, request: &RequestContext, flow: &mut Flow) -> Response {
    match (&flow.step, &flow.sid) {
        (Step::Deciding, _) => advance(org, request, flow),
        (Step::Done, Some(sid)) if org.realm.sessions.find(sid.reveal()).is_some() => {
            arrive(org, request, &sid.clone(), &flow.attempt.return_url)
        }
        (Step::Done, _) => found(&login_page(org, &flow.attempt.return_url)),
        _ => go_to(org, request, flow, &path_of(org, flow)),
    }
}

/// Redirects to a page of the login; the flow cookie goes along.
pub(crate) fn go_to(org: &Org, request: &RequestContext, flow: &Flow, path: &str) -> Response {
    let location = if request.host == HostRole::MyDomain {
        path.to_owned()
    } else {
        org.realm.hosts.url(&HostRole::MyDomain, path)
    };
    with_cookies(found(&location), [cookies::flow(&flow.id)])
}

/// A form that is not of the page where the login stands: leads back, and says so in the journal.
pub(crate) fn stale(org: &Org, request: &RequestContext, flow: &mut Flow) -> Response {
    org.realm.record(Event::RequestRefused {
        host: request.host.clone(),
        path: request.path.clone(),
        status: StatusCode::FOUND.as_u16(),
        why: "the form is stale: its vcsrf is of another login, or the login stands at another page".to_owned(),
    });
    resume(org, request, flow)
}

/// Carries a login from another host of the org over to My Domain.
pub(super) fn carry_over(org: &Org, flow: &Flow) -> Response {
    let ticket = org.handovers.issue(&org.realm, Cargo::Flow(flow.id.clone()));
    found(&org.realm.hosts.url(&HostRole::MyDomain, &format!("{}?ticket={}", paths::START, ticket.reveal())))
}

/// `VerificationStartUi`: takes over a login from another host, or resumes the one of this browser.
pub(super) async fn start(State(org): State<Arc<Org>>, request: RequestContext) -> Response {
    let flow = match request.query.get("ticket") {
        Some(ticket) => match org.handovers.redeem(&org.realm, ticket) {
            Some(Cargo::Flow(id)) => org.flows.find(&org.realm, id.reveal()),
            _ => None,
        },
        None => current(&org, &request),
    };
    match flow {
        Some(flow) => resume(&org, &request, &mut flow.lock()),
        None => found(&login_page(&org, &ReturnUrl::home())),
    }
}

/// The page of the step at which a login stands.
pub(super) fn path_of(org: &Org, flow: &Flow) -> String {
    let vcsrf = flow.vcsrf.reveal();
    match &flow.step {
        Step::Verify { chosen, .. } => format!("{}?vcsrf={vcsrf}&vpol=default", paths::verification(*chosen)),
        Step::ActivateDevice { .. } => format!("{}?vcsrf={vcsrf}&vpol=ic", paths::EMAIL),
        Step::Enrol { methods, .. } => {
            let return_url = encode(&flow.attempt.return_url.short(&org.realm.hosts));
            format!("{}?retURL={return_url}", paths::enrolment(methods))
        }
        Step::Interstitial { page, .. } => {
            let return_url = encode(&flow.attempt.return_url.short(&org.realm.hosts));
            match page {
                PageName::RegisterPhone => format!("{}?d=m&retURL={return_url}", paths::ADD_PHONE),
                _ => format!("{}?retURL={return_url}", paths::CHANGE_PASSWORD),
            }
        }
        Step::Deciding | Step::Done => paths::START.to_owned(),
    }
}
