//! Takes a login from step to step until there is an answer for the browser.

use std::sync::Arc;

use axum::Extension;
use axum::response::Response;
use http::StatusCode;
use vestibule_model::{LoginKind, Secret};

use super::login::{Login, Next};
use super::session::{login_page_url, redirect_with_session};
use super::{finalize, next_step, step_up};
use crate::http::{Fields, RequestContext, found, with_cookies};
use crate::org::attempt::{LoginAttempt, login_type};
use crate::org::flow::{Flow, SharedFlow, Step, StepUpFor, StepUpOf};
use crate::org::handover::Handover;
use crate::org::return_url::ReturnUrl;
use crate::org::{Org, cookies, page, paths};
use crate::realm::{Event, HostRole, OrgSession};

/// Begins a login after its first proof (a right password, a verified SAML `Response` or ID token, a session id at the
/// front door) and answers with its next step.
///
/// A login at any other host continues at My Domain, because the verification pages and the browser's device cookie
/// belong to the My Domain host.
pub(crate) fn begin(org: &Org, request: &RequestContext, attempt: LoginAttempt) -> Response {
    let oauth_flow = org.oauth.flow_behind(&attempt.return_url.path, org.now());
    let attempt = LoginAttempt { oauth_flow, ..attempt };
    org.realm.record(Event::LoginStarted { user: Some(attempt.user.clone()), kind: attempt.kind.clone() });
    let shared = org.flows.start(&org.realm, attempt);
    let mut flow = shared.lock();
    if request.host == HostRole::MyDomain {
        dispatch(org, request, &mut flow, |_| Next::Decide)
    } else {
        hand_over(org, &flow)
    }
}

/// Leads somebody who is signed in to the page that asks for another verification, if this request needs one. `to` is where
/// it goes on.
pub(crate) fn begin_step_up(
    org: &Org,
    request: &RequestContext,
    posted: &Fields,
    session: &OrgSession,
    to: &ReturnUrl,
) -> Option<Response> {
    let step_up::Needed { asked, of } = step_up::needed(org, request, posted, session)?;
    // Of the attempt, only the user and the destination count: the rules are not asked about the login again.
    let attempt = LoginAttempt::new(&session.user, LoginKind::PasswordUi, login_type::APPLICATION, &request.host);
    let shared = org.flows.start(&org.realm, LoginAttempt { return_url: to.clone(), ..attempt });
    let mut flow = shared.lock();
    flow.step_up = Some(of);
    Some(dispatch(org, request, &mut flow, |login| match step_up::ask(login, asked) {
        None => Next::Answer(page::refuse(org, request, StatusCode::FORBIDDEN, NOTHING_TO_VERIFY_WITH)),
        Some(next) if request.host == HostRole::MyDomain => next,
        Some(_) => Next::Answer(hand_over(org, login.flow)),
    }))
}

/// Leads somebody who is signed in to the page that registers a passkey. `to` is where it goes on.
pub(crate) fn begin_registration(
    org: &Org,
    request: &RequestContext,
    session: &OrgSession,
    to: &ReturnUrl,
) -> Response {
    let attempt = LoginAttempt::new(&session.user, LoginKind::PasswordUi, login_type::APPLICATION, &request.host);
    let shared = org.flows.start(&org.realm, LoginAttempt { return_url: to.clone(), ..attempt });
    let mut flow = shared.lock();
    flow.step_up = Some(StepUpOf { sid: session.sid.clone(), purpose: StepUpFor::Registration });
    dispatch(org, request, &mut flow, |login| match step_up::register(login) {
        None => Next::Answer(page::refuse(org, request, StatusCode::FORBIDDEN, NO_PASSKEYS)),
        Some(next) if request.host == HostRole::MyDomain => next,
        Some(_) => Next::Answer(hand_over(org, login.flow)),
    })
}

const NO_PASSKEYS: &str = "the org has neither built-in authenticators nor security keys enabled";

/// Ours: no public source shows it (contract C7.4).
const NOTHING_TO_VERIFY_WITH: &str =
    "this page needs another verification, but the user has no verification method, email address or phone";

/// Runs a step of the login under way in this browser. If there is none, or the `vcsrf` is that of another login, leads
/// the browser back.
pub(crate) fn on_page(org: &Org, request: &RequestContext, step: impl FnOnce(&mut Login<'_>) -> Next) -> Response {
    on_request(org, request, &Fields::default(), step)
}

/// Like [`on_page`], for a posted form, whose `vcsrf` must be right. A second click can post the form of a completed
/// login; it then leads to the same place as the first click.
pub(crate) fn on_form(
    org: &Org,
    request: &RequestContext,
    fields: &Fields,
    step: impl FnOnce(&mut Login<'_>) -> Next,
) -> Response {
    on_request(org, request, fields, |login| {
        if fields.text("vcsrf") != login.flow.vcsrf.reveal() {
            Next::Stale
        } else if matches!(login.flow.step, Step::Done) {
            Next::Resume
        } else {
            step(login)
        }
    })
}

fn on_request(
    org: &Org,
    request: &RequestContext,
    fields: &Fields,
    step: impl FnOnce(&mut Login<'_>) -> Next,
) -> Response {
    let Some(shared) = current(org, request, fields) else {
        return found(&login_page_url(org, &org.return_url(request.query.text("retURL"))));
    };
    let mut flow = shared.lock();
    let response = dispatch(org, request, &mut flow, |login| {
        let stale = request.query.get("vcsrf").is_some_and(|token| token != login.flow.vcsrf.reveal());
        if stale { Next::Stale } else { step(login) }
    });
    flow.note_end(request, fields);
    response
}

/// Leads the browser to the current page of this login.
pub(crate) fn resume(org: &Org, request: &RequestContext, flow: &SharedFlow) -> Response {
    dispatch(org, request, &mut flow.lock(), |_| Next::Resume)
}

/// Runs a first step, and then all the steps that follow from it.
pub(super) fn dispatch(
    org: &Org,
    request: &RequestContext,
    flow: &mut Flow,
    first: impl FnOnce(&mut Login<'_>) -> Next,
) -> Response {
    let mut login = Login::new(org, request, flow);
    let mut next = first(&mut login);
    loop {
        next = match next {
            Next::Decide => next_step::decide(&mut login),
            Next::Proved(_) if login.is_locked_out() => Next::Resume,
            Next::Proved(_) if login.flow.step_up.is_some() => Next::SteppedUp,
            Next::Proved(method) => {
                login.flow.attempt.verified_with = Some(method);
                Next::Decide
            }
            Next::SteppedUp => step_up::finish(&mut login),
            Next::Finalize(level) => finalize::finalize(&mut login, level),
            Next::Leave(how) => finalize::leave(&mut login, how),
            Next::Stale => {
                record_stale(&login);
                Next::Resume
            }
            Next::Resume => where_it_stands(&login),
            Next::Answer(response) => return with_cookies(response, login.cookies),
        };
    }
}

/// `VerificationStartUi`: takes over a login from another host, or resumes the one of this browser.
pub(super) async fn start(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    let flow = match request.query.get("ticket") {
        Some(ticket) => match org.handovers.redeem(&org.realm, ticket) {
            Some(Handover::Flow(id)) => org.flows.find(&org.realm, id.reveal()),
            _ => None,
        },
        None => current(&org, &request, &Fields::default()),
    };
    match flow {
        Some(flow) => resume(&org, &request, &flow),
        None => found(&login_page_url(&org, &ReturnUrl::home())),
    }
}

/// Whether this login is under way in the browser that sent the request.
pub(crate) fn is_of_browser(request: &RequestContext, flow: &SharedFlow) -> bool {
    let flow = flow.lock();
    let names = |cookie, id: Option<&Secret>| id.is_some_and(|id| request.cookie(cookie) == Some(id.reveal()));
    names(cookies::FLOW, Some(&flow.id)) || names(cookies::SID, flow.sid.as_ref())
}

/// The login under way in this browser: by its flow cookie, or by the session that belongs to it.
fn current(org: &Org, request: &RequestContext, fields: &Fields) -> Option<SharedFlow> {
    let by_cookie = request.cookie(cookies::FLOW).and_then(|id| org.flows.find(&org.realm, id));
    let by_cookie = by_cookie.filter(|flow| flow.lock().answers(request, fields));
    by_cookie.or_else(|| request.cookie(cookies::SID).and_then(|sid| org.flows.of_session(&org.realm, sid)))
}

/// Takes a login from another host of the org to My Domain.
fn hand_over(org: &Org, flow: &Flow) -> Response {
    let ticket = org.handovers.issue(&org.realm, Handover::Flow(flow.id.clone()));
    found(&org.my_domain_url(&format!("{}?ticket={}", paths::START, ticket.reveal())))
}

fn where_it_stands(login: &Login<'_>) -> Next {
    let (org, flow) = (login.org, &*login.flow);
    match (&flow.step, &flow.sid) {
        (Step::Deciding, _) => Next::Decide,
        (Step::Done, Some(sid)) if org.realm.use_session(sid.reveal()).is_some() => {
            Next::Answer(redirect_with_session(org, login.request, sid, &flow.attempt.return_url))
        }
        (Step::Done, _) => Next::Answer(found(&login_page_url(org, &flow.attempt.return_url))),
        _ => login.redirect_to(&flow.path(&org.realm.hosts)),
    }
}

fn record_stale(login: &Login<'_>) {
    let why = "the form is stale: its vcsrf belongs to another login, or the login is at another page";
    page::record_refused_request(login.org, login.request, StatusCode::FOUND, why);
}
