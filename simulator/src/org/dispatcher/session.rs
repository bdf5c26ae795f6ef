//! Takes an open session to the host of its destination.

use std::sync::Arc;

use axum::Extension;
use axum::response::Response;
use http::StatusCode;
use vestibule_model::Secret;

use crate::http::{RequestContext, found, with_cookies};
use crate::org::handover::Handover;
use crate::org::return_url::{ReturnUrl, encode};
use crate::org::{Org, cookies, page, paths};
use crate::realm::HostRole;

/// Takes a browser with an open session to a page of this org, with a one-time ticket if the page is on another host.
pub(crate) fn redirect_with_session(org: &Org, request: &RequestContext, sid: &Secret, to: &ReturnUrl) -> Response {
    let location = if to.host == request.host {
        to.absolute(&org.realm.hosts)
    } else {
        let ticket = org.handovers.issue(&org.realm, Handover::Session(sid.clone()));
        let door = org.realm.hosts.url(&to.host, paths::CONTENT_DOOR);
        format!("{door}?otp={}&startURL={}", ticket.reveal(), encode(&to.path))
    };
    with_cookies(found(&location), [cookies::session(sid)])
}

/// Where a browser without a session is sent: `/?ec=302&startURL=…` on My Domain (contract C1.14).
pub(crate) fn login_page_url(org: &Org, to: &ReturnUrl) -> String {
    let start = encode(&to.short(&org.realm.hosts));
    org.my_domain_url(&format!("/?ec=302&startURL={start}"))
}

/// The same for the page of a request. From a page of Lightning the login leads back through a page of My Domain (contract
/// A6.4).
pub(super) fn login_page_url_from(org: &Org, page: &ReturnUrl) -> String {
    if page.host != HostRole::Lightning {
        return login_page_url(org, page);
    }
    let start = format!("{}?url={}", paths::VISUALFORCE_SESSION, encode(&page.absolute(&org.realm.hosts)));
    org.my_domain_url(&format!("/?ec=302&startURL={}", encode(&start)))
}

/// Opens the session of a ticket on this host.
pub(super) async fn content_door(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    let to = org.return_url(&org.realm.hosts.url(&request.host, request.query.text("startURL")));
    match org.handovers.redeem(&org.realm, request.query.text("otp")) {
        Some(Handover::Session(sid)) => with_cookies(found(&to.absolute(&org.realm.hosts)), [cookies::session(&sid)]),
        Some(Handover::Flow(_)) => {
            page::refuse(&org, &request, StatusCode::BAD_REQUEST, "the ticket carries no session")
        }
        None => found(&login_page_url(&org, &to)),
    }
}
