//! Logout: the session is closed, and the browser stands before the login page again (contract A3.1: suites read the
//! remembered username there).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::form::{self, Filled, Shape};
use crate::org::{Org, Visit, cookies, page};
use crate::realm::HostRole;
use vestibule_model::PageName;

pub(super) async fn logout(State(org): State<Arc<Org>>, visit: Visit) -> Response {
    if let Some(sid) = visit.cookie(cookies::SID) {
        org.realm.close_session(sid);
    }
    let gone = [cookies::remove(cookies::SID), cookies::remove(cookies::FLOW)];
    if matches!(visit.host, HostRole::Lightning | HostRole::Setup) {
        let my_domain = org.realm.hosts.url(&HostRole::MyDomain, PATH);
        return page::with_cookies(page::redirect(&my_domain), gone);
    }
    let remembered = form::remembered(&visit);
    let filled = Filled {
        username: remembered.as_deref().unwrap_or_default(),
        remember: remembered.is_some(),
        card: remembered.is_some(),
        page: Some(PageName::LoggedOut),
        notice: Some("You've logged out."),
        ..Filled::default()
    };
    page::with_cookies(form::show(&org, &visit, Shape::first(&org), filled), gone)
}

pub(super) const PATH: &str = "/secur/logout.jsp";
