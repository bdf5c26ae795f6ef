//! Logout: closes the session and shows the login page again (contract A3.1: suites read the remembered username
//! there).

use std::sync::Arc;

use axum::Extension;
use axum::response::Response;

use super::ceremony;
use super::form::{self, Filled, Shape};
use crate::http::{RequestContext, found, with_cookies};
use crate::org::{Org, cookies, paths, sso};
use crate::realm::HostRole;
use vestibule_model::PageName;

pub(super) async fn logout(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    let session = request.cookie(cookies::SID).and_then(|sid| org.realm.sessions.find(sid));
    if let Some(session) = &session {
        org.realm.close_session(session.sid.reveal());
    }
    if let Some(flow) = request.cookie(cookies::FLOW) {
        org.flows.forget(&org.realm, flow);
    }
    let gone = [cookies::remove(cookies::SID), cookies::remove(cookies::FLOW)];
    if let Some(login) = session.and_then(|session| session.saml_login)
        && let Some(url) = sso::logout_url(&org, login).await
    {
        return with_cookies(found(&url), gone);
    }
    if matches!(request.host, HostRole::Lightning | HostRole::Setup) {
        let my_domain = org.my_domain_url(paths::LOGOUT);
        return with_cookies(found(&my_domain), gone);
    }
    let remembered = form::remembered(&request);
    let filled = Filled {
        username: remembered.as_deref().unwrap_or_default(),
        remember: remembered.is_some(),
        card: remembered.is_some(),
        page: Some(PageName::LoggedOut),
        notice: Some("You've logged out."),
        ceremony: remembered.as_deref().and_then(|username| ceremony::start(&org, username)),
        ..Filled::default()
    };
    with_cookies(form::show(&org, &request, Shape::first(&org, &request), filled), gone)
}
