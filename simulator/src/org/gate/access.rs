//! Who may see a page that needs a session.

use axum::response::Response;
use http::StatusCode;

use super::complete::{arrive, complete, login_page};
use super::interstitial::pass;
use super::resume::resume;
use crate::http::{RequestContext, found};
use crate::org::flow::{Flow, Step};
use crate::org::return_url::ReturnUrl;
use crate::org::{Org, cookies};
use crate::realm::{Event, HostRole, InterstitialExit, OrgSession, User};
use vestibule_model::{EnrolmentGate, SessionLevel};

/// The session of a browser that asks for a page of the Lightning or Setup host, or the answer that sends it to the
/// door at My Domain.
pub(crate) fn enter(org: &Org, request: &RequestContext) -> Result<OrgSession, Box<Response>> {
    let to = ReturnUrl::read(&org.realm.hosts.url(&request.host, &request.path_and_query()), &org.realm.hosts);
    if request.host == HostRole::MyDomain {
        return match at_the_door(org, request, &to) {
            Door::Open(session) => Ok(session),
            Door::Led(response) => Err(response),
            Door::Closed => Err(Box::new(found(&login_page(org, &to)))),
        };
    }
    match presented(org, request) {
        Some(session) if !session.gated && !session.api => Ok(session),
        _ => Err(Box::new(found(&login_page(org, &to)))),
    }
}

/// What the host root of My Domain does with a browser that brings a session: takes it to `startURL`. `None` where it
/// brings none and the login page is due.
pub(crate) fn enter_at_my_domain(org: &Org, request: &RequestContext) -> Option<Response> {
    let start = request.query.get("startURL");
    let to = ReturnUrl::read(start.unwrap_or_default(), &org.realm.hosts);
    if start.is_none()
        && let Some(response) = gated_without_destination(org, request)
    {
        return Some(response);
    }
    match at_the_door(org, request, &to) {
        Door::Open(session) => Some(arrive(org, request, &session.sid, &to)),
        Door::Led(response) => Some(*response),
        Door::Closed => None,
    }
}

/// The user of a REST call: by access token or by session cookie. A session before which the gate stands is none.
pub(crate) fn api_user(org: &Org, request: &RequestContext) -> Result<(User, OrgSession), StatusCode> {
    let bearer = request.bearer().map(|token| token.reveal().to_owned());
    let sid = bearer.or_else(|| request.cookie(cookies::SID).map(str::to_owned)).ok_or(StatusCode::UNAUTHORIZED)?;
    let session = org.realm.sessions.find(&sid).filter(|session| !session.gated).ok_or(StatusCode::UNAUTHORIZED)?;
    let user = org.realm.users.get(&session.user).ok_or(StatusCode::UNAUTHORIZED)?;
    Ok((user, session))
}

enum Door {
    Open(OrgSession),
    Led(Box<Response>),
    Closed,
}

fn at_the_door(org: &Org, request: &RequestContext, to: &ReturnUrl) -> Door {
    let Some(session) = presented(org, request) else {
        return Door::Closed;
    };
    if session.gated {
        return match org.flows.of_session(&org.realm, session.sid.reveal()) {
            Some(flow) => Door::Led(Box::new(before_the_gate(org, request, &mut flow.lock(), to))),
            None => {
                org.realm.close_session(session.sid.reveal());
                Door::Closed
            }
        };
    }
    if session.api {
        // An access token as session cookie opens Lightning without the gate (contract M1.12). The token stays what it is;
        // the browser gets a session of its own.
        return Door::Open(org.realm.open_session(&session.user, session.level, false, false));
    }
    Door::Open(session)
}

/// The session that the browser's cookie names. A cookie that names none is a stale one, and the journal says so.
fn presented(org: &Org, request: &RequestContext) -> Option<OrgSession> {
    let sid = request.cookie(cookies::SID).filter(|sid| !sid.is_empty())?;
    let session = org.realm.sessions.find(sid);
    if session.is_none() {
        org.realm.record(Event::SessionCookieRefused { host: request.host.clone(), path: request.path.clone() });
    }
    session
}

/// A browser that navigates away from the gate, or from a page that stands between: out of what can be left, back to what
/// cannot (contract C5.5).
fn before_the_gate(org: &Org, request: &RequestContext, flow: &mut Flow, to: &ReturnUrl) -> Response {
    match flow.step {
        Step::Enrol { gate: EnrolmentGate::Leavable, .. } => {
            org.realm.record(Event::GateLeft { user: flow.attempt.user.clone() });
            flow.attempt.return_url = to.clone();
            complete(org, request, flow, SessionLevel::Standard)
        }
        Step::Interstitial { leavable: true, .. } => {
            flow.attempt.return_url = to.clone();
            pass(org, request, flow, InterstitialExit::Navigated)
        }
        _ => resume(org, request, flow),
    }
}

/// The bare host root is no way out of the gate: it leads back to it.
fn gated_without_destination(org: &Org, request: &RequestContext) -> Option<Response> {
    let sid = request.cookie(cookies::SID)?;
    org.realm.sessions.find(sid).filter(|session| session.gated)?;
    let flow = org.flows.of_session(&org.realm, sid)?;
    Some(resume(org, request, &mut flow.lock()))
}
