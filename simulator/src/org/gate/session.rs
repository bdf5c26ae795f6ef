//! The end of a login that went well: the session is open and the browser is taken to its page.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;

use super::advance::record_row;
use super::interstitial;
use crate::http::{RequestContext, found, with_cookies};
use crate::org::flow::{Flow, Step};
use crate::org::handover::Cargo;
use crate::org::return_url::{ReturnUrl, encode};
use crate::org::{Org, cookies, page};
use crate::realm::HostRole;
use vestibule_model::Secret;
use vestibule_model::SessionLevel;

/// Records the success, opens the session, or the gate before it, and takes the browser to its page: first to those that
/// stand between, if any.
pub(super) fn complete(org: &Org, request: &RequestContext, flow: &mut Flow, level: SessionLevel) -> Response {
    if !matches!(flow.step, Step::Interstitial { .. }) {
        record_row(org, flow, "Success");
    }
    if let Some(response) = interstitial::stand_before(org, request, flow, level) {
        return response;
    }
    let opened = flow.sid.as_ref().and_then(|sid| org.realm.open_gate(sid.reveal(), level));
    let session = opened.unwrap_or_else(|| org.realm.open_session(&flow.attempt.user, level, false, false));
    flow.sid = Some(session.sid.clone());
    flow.step = Step::Done;
    arrive(org, request, &session.sid, &flow.attempt.return_url)
}

/// Takes a browser with an open session to a page of this org, by a one-time ticket where that is another host.
pub(crate) fn arrive(org: &Org, request: &RequestContext, sid: &Secret, to: &ReturnUrl) -> Response {
    let location = if to.host == request.host {
        to.absolute(&org.realm.hosts)
    } else {
        let ticket = org.handovers.issue(&org.realm, Cargo::Session(sid.clone()));
        let door = org.realm.hosts.url(&to.host, CONTENT_DOOR);
        format!("{door}?otp={}&startURL={}", ticket.reveal(), encode(&to.path))
    };
    with_cookies(found(&location), [cookies::session(sid)])
}

/// Takes the session that a ticket carries over to this host.
pub(super) async fn content_door(State(org): State<Arc<Org>>, request: RequestContext) -> Response {
    let to = ReturnUrl::read(&org.realm.hosts.url(&request.host, request.query.text("startURL")), &org.realm.hosts);
    match org.handovers.redeem(&org.realm, request.query.text("otp")) {
        Some(Cargo::Session(sid)) => with_cookies(found(&to.absolute(&org.realm.hosts)), [cookies::session(&sid)]),
        Some(Cargo::Flow(_)) => page::refuse(&org, &request, StatusCode::BAD_REQUEST, "the ticket carries no session"),
        None => found(&login_page(&org, &to)),
    }
}

/// Where a browser without a session is sent: `/?ec=302&startURL=…` on My Domain (contract C1.14).
pub(crate) fn login_page(org: &Org, to: &ReturnUrl) -> String {
    let start = encode(&to.short(&org.realm.hosts));
    org.realm.hosts.url(&HostRole::MyDomain, &format!("/?ec=302&startURL={start}"))
}

pub(super) const CONTENT_DOOR: &str = "/secur/contentDoor";
