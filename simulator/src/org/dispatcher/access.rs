//! Who may see a page that needs a session.

use axum::response::Response;
use http::StatusCode;
use vestibule_model::{EnrolmentGate, SessionLevel, UserState};

use super::dispatch::{dispatch, resume};
use super::login::{Login, Next};
use super::session::{login_page_url, login_page_url_from, redirect_with_session};
use crate::http::{RequestContext, found};
use crate::org::flow::Step;
use crate::org::return_url::ReturnUrl;
use crate::org::token_use::{TokenUse, allows};
use crate::org::{Org, cookies, page};
use crate::realm::{Event, HostRole, InterstitialExit, OrgSession, SessionKind, User};

/// The session of a browser that asks for a page behind the login, or the redirect to where it must go first. A page that
/// wants a higher level than that of the session is refused (contract H4.2).
pub(crate) fn require_session(org: &Org, request: &RequestContext) -> Result<OrgSession, Box<Response>> {
    let session = session_of(org, request)?;
    let pages = &org.settings().high_assurance_pages;
    if session.level < SessionLevel::HighAssurance && pages.iter().any(|start| request.path.starts_with(start)) {
        return Err(Box::new(refuse_level(org, request, &session)));
    }
    Ok(session)
}

/// Refuses a page for which the level of the session is too low.
pub(crate) fn refuse_level(org: &Org, request: &RequestContext, session: &OrgSession) -> Response {
    let (user, path) = (session.user.clone(), request.path.clone());
    org.realm.record(Event::SessionLevelTooLow { user, path });
    page::refuse(org, request, StatusCode::FORBIDDEN, LEVEL_TOO_LOW)
}

/// Contract H4.2.
const LEVEL_TOO_LOW: &str = "You do not have the level of access necessary to perform the operation you requested";

fn session_of(org: &Org, request: &RequestContext) -> Result<OrgSession, Box<Response>> {
    let to = org.return_url(&org.realm.hosts.url(&request.host, &request.path_and_query()));
    if request.host == HostRole::MyDomain {
        return match at_my_domain(org, request, &to) {
            Access::Granted(session) => Ok(*session),
            Access::Redirected(response) => Err(response),
            Access::Denied => Err(Box::new(found(&login_page_url(org, &to)))),
        };
    }
    match presented(org, request) {
        Some(session) if session.kind == SessionKind::Browser => Ok(session),
        _ => Err(Box::new(found(&login_page_url_from(org, &to)))),
    }
}

/// Redirects a browser with a session from the host root of My Domain to `startURL`. `None` if it has no session, so
/// that it gets the login page.
pub(crate) fn redirect_signed_in(org: &Org, request: &RequestContext) -> Option<Response> {
    let start = request.query.get("startURL");
    let to = org.return_url(start.unwrap_or_default());
    if start.is_none()
        && let Some(response) = gated_without_destination(org, request)
    {
        return Some(response);
    }
    match at_my_domain(org, request, &to) {
        Access::Granted(session) => Some(redirect_with_session(org, request, &session.sid, &to)),
        Access::Redirected(response) => Some(*response),
        Access::Denied => None,
    }
}

/// The user of a REST call: by access token or by session cookie. A session that is still behind the gate does not
/// count.
pub(crate) fn api_user(org: &Org, request: &RequestContext) -> Result<(User, OrgSession), StatusCode> {
    let token = request.access_token().map(|token| token.reveal().to_owned());
    let sid = token.or_else(|| request.cookie(cookies::SID).map(str::to_owned)).ok_or(StatusCode::UNAUTHORIZED)?;
    user_of(org, &sid)
}

/// The user of an access token or of a session that is not behind the gate.
pub(crate) fn user_of(org: &Org, sid: &str) -> Result<(User, OrgSession), StatusCode> {
    let session = org
        .realm
        .use_session(sid)
        .filter(|session| session.kind != SessionKind::Gated)
        .ok_or(StatusCode::UNAUTHORIZED)?;
    let user = org.realm.users.get(&session.user).ok_or(StatusCode::UNAUTHORIZED)?;
    Ok((user, session))
}

enum Access {
    Granted(Box<OrgSession>),
    Redirected(Box<Response>),
    Denied,
}

fn at_my_domain(org: &Org, request: &RequestContext, to: &ReturnUrl) -> Access {
    let Some(session) = presented(org, request) else {
        return Access::Denied;
    };
    if session.kind == SessionKind::Gated {
        return match org.flows.of_session(&org.realm, session.sid.reveal()) {
            Some(flow) => {
                let response = dispatch(org, request, &mut flow.lock(), |login| navigate_away(login, to));
                Access::Redirected(Box::new(response))
            }
            None => {
                org.realm.close_session(session.sid.reveal());
                Access::Denied
            }
        };
    }
    if session.kind == SessionKind::Api {
        // An access token as session cookie opens Lightning without the gate (contract M1.12). The token stays an API
        // session; the browser gets its own session. That is a login, which a frozen user no longer has.
        let user = org.realm.users.get(&session.user);
        if user.is_none_or(|user| user.spec.state != UserState::Active)
            || !allows(org, request, &session, TokenUse::Web, StatusCode::FOUND)
        {
            return Access::Denied;
        }
        return Access::Granted(Box::new(org.realm.open_session(&session.user, session.level, SessionKind::Browser)));
    }
    Access::Granted(Box::new(session))
}

/// The session that the browser's cookie names. A cookie that names no session is stale, and the journal records that.
fn presented(org: &Org, request: &RequestContext) -> Option<OrgSession> {
    let sid = request.cookie(cookies::SID).filter(|sid| !sid.is_empty())?;
    let session = org.realm.use_session(sid);
    if session.is_none() {
        org.realm.record(Event::SessionCookieRefused { host: request.host.clone(), path: request.path.clone() });
    }
    session
}

/// Handles a browser that navigates away from the gate or from an interstitial: a leavable page lets it go, any other
/// page takes it back (contract C5.5).
fn navigate_away(login: &mut Login<'_>, to: &ReturnUrl) -> Next {
    match login.flow.step {
        Step::Enrol { gate: EnrolmentGate::Leavable, .. } => {
            login.org.realm.record(Event::GateLeft { user: login.flow.attempt.user.clone() });
            login.flow.attempt.return_url = to.clone();
            Next::Finalize(SessionLevel::Standard)
        }
        Step::Interstitial { leavable: true, .. } => {
            login.flow.attempt.return_url = to.clone();
            Next::Leave(InterstitialExit::Navigated)
        }
        _ => Next::Resume,
    }
}

/// The bare host root does not leave the gate; it leads back to the gate.
fn gated_without_destination(org: &Org, request: &RequestContext) -> Option<Response> {
    let sid = request.cookie(cookies::SID)?;
    org.realm.use_session(sid).filter(|session| session.kind == SessionKind::Gated)?;
    let flow = org.flows.of_session(&org.realm, sid)?;
    Some(resume(org, request, &flow))
}
