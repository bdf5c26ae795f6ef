//! The home page.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::org::return_url::ReturnUrl;
use crate::org::{Org, Visit, gate, page};
use crate::policy::terms::PageName;
use crate::realm::{Component, HostRole};

pub(super) async fn page(State(org): State<Arc<Org>>, visit: Visit) -> Response {
    let session = match gate::enter(&org, &visit) {
        Ok(session) => session,
        Err(response) => return *response,
    };
    let elsewhere =
        visit.host == HostRole::MyDomain && !visit.path.starts_with("/setup/") && !visit.path.starts_with("/home/");
    if elsewhere {
        let url = org.realm.hosts.url(&visit.host, &visit.path_and_query());
        return gate::arrive(&org, &visit, &session.sid, &ReturnUrl::read(&url, &org.realm.hosts));
    }
    let user = org.realm.users.get(&session.user);
    let template = HomeTemplate {
        page: PageName::Home,
        username: user.as_ref().map(|user| user.username.clone()).unwrap_or_default(),
        setup: visit.path.contains("SetupOneHome"),
        banners: banners(&org, user.as_ref()),
        logout: org.realm.hosts.url(&HostRole::MyDomain, "/secur/logout.jsp"),
        history: org.realm.hosts.url(&HostRole::Lightning, "/lightning/setup/OrgLoginHistory/home"),
    };
    page::show(&org, &visit, PageName::Home, &template)
}

fn banners(org: &Org, user: Option<&crate::realm::User>) -> Vec<String> {
    let _ = (org, user, Component::Org);
    Vec::new()
}

#[derive(Template)]
#[template(path = "org/home.html")]
struct HomeTemplate {
    page: PageName,
    username: String,
    setup: bool,
    banners: Vec<String>,
    logout: String,
    history: String,
}

/// Where the home page is served.
pub(super) const PATHS: [&str; 6] = [
    "/lightning",
    "/lightning/page/home",
    "/lightning/setup/SetupOneHome/home",
    "/one/one.app",
    "/setup/forcecomHomepage.apexp",
    "/home/home.jsp",
];
