//! The home page.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::http::RequestContext;
use crate::org::{Org, dispatcher, page, paths};
use crate::policy;
use crate::realm::{Component, HostRole, User};
use vestibule_model::PageName;

pub(super) async fn page(State(org): State<Arc<Org>>, request: RequestContext) -> Response {
    let session = match dispatcher::require_session(&org, &request) {
        Ok(session) => session,
        Err(response) => return *response,
    };
    let elsewhere = request.host == HostRole::MyDomain
        && !request.path.starts_with("/setup/")
        && !request.path.starts_with("/home/");
    if elsewhere {
        let url = org.realm.hosts.url(&request.host, &request.path_and_query());
        return dispatcher::redirect_with_session(&org, &request, &session.sid, &org.return_url(&url));
    }
    let user = org.realm.users.get(&session.user);
    let template = HomeTemplate {
        page: PageName::Home,
        username: user.as_ref().map(|user| user.username.clone()).unwrap_or_default(),
        setup: request.path.contains("SetupOneHome"),
        banners: banners(&org, user.as_ref()),
        logout: org.my_domain_url(paths::LOGOUT),
        history: org.realm.hosts.url(&HostRole::Lightning, paths::LOGIN_HISTORY),
    };
    page::show(&org, &request, PageName::Home, &template)
}

/// The reminder banners that the rules show this user on this day.
fn banners(org: &Org, user: Option<&User>) -> Vec<&'static str> {
    let realm = &org.realm;
    let facts = user.map(|user| user.facts(realm.clock.now(Component::Org)));
    let shown = facts.map(|facts| policy::banners(&realm.rulebook, &realm.org_facts(), &facts, realm.spec.org.date));
    shown.unwrap_or_default().into_iter().map(policy::Banner::text).collect()
}

#[derive(Template)]
#[template(path = "org/home.html")]
struct HomeTemplate {
    page: PageName,
    username: String,
    setup: bool,
    banners: Vec<&'static str>,
    logout: String,
    history: String,
}

/// Where the home page is served.
pub(super) const PATHS: [&str; 6] = [
    "/lightning",
    paths::LIGHTNING_HOME,
    paths::SETUP_HOME,
    "/one/one.app",
    "/setup/forcecomHomepage.apexp",
    "/home/home.jsp",
];
