//! The home page, and the shell that stands for every other page behind the login.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::response::Response;

use crate::http::{Fields, RequestContext};
use crate::org::{Org, dispatcher, page, paths};
use crate::policy;
use crate::realm::{Component, HostRole, User};
use vestibule_model::{PageName, SessionLevel};

pub(super) async fn page(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    answer(&org, &request, &Fields::default(), false)
}

/// The answer to a path behind the login that is not simulated: the shell for who is signed in, the login page for others.
pub(in crate::org) fn shell(org: &Org, request: &RequestContext, posted: &Fields) -> Response {
    answer(org, request, posted, true)
}

fn answer(org: &Org, request: &RequestContext, posted: &Fields, is_shell: bool) -> Response {
    let session = match dispatcher::require_session(org, request) {
        Ok(session) => session,
        Err(response) => return *response,
    };
    // The page to which a real org sends a session before its Lightning page (contract A6.4).
    let onwards = request.query.get("url").filter(|_| request.path == paths::VISUALFORCE_SESSION);
    let own = org.realm.hosts.url(&request.host, &request.path_and_query());
    let to = org.return_url(onwards.unwrap_or(&own));
    if onwards.is_some() || to.host != request.host {
        return dispatcher::redirect_with_session(org, request, &session.sid, &to);
    }
    if let Some(response) = dispatcher::begin_step_up(org, request, posted, &session, &to) {
        return response;
    }
    let user = org.realm.users.get(&session.user);
    if paths::is_experience_builder(&request.path) && wanted_by_builder(org, user.as_ref()) > session.level {
        return dispatcher::refuse_level(org, request, &session);
    }
    let setup = request.path.starts_with("/lightning/setup/") || request.path.starts_with("/setup/");
    let template = HomeTemplate {
        page: PageName::Home,
        username: user.as_ref().map(|user| user.username.clone()).unwrap_or_default(),
        name: if setup {
            "Setup"
        } else if is_shell {
            "Lightning Experience"
        } else {
            "Home"
        },
        setup,
        not_simulated: is_shell.then_some(request.path.as_str()),
        banners: banners(org, user.as_ref()),
        logout: org.my_domain_url(paths::LOGOUT),
        history: org.realm.hosts.url(&HostRole::Lightning, paths::LOGIN_HISTORY),
        lightning: org.realm.hosts.origin(&HostRole::Lightning),
    };
    page::show(org, request, PageName::Home, &template)
}

/// Contract H4.2.
fn wanted_by_builder(org: &Org, user: Option<&User>) -> SessionLevel {
    let realm = &org.realm;
    let facts = user.map(|user| user.facts(realm.clock.now(Component::Org)));
    facts.map_or(SessionLevel::Standard, |facts| {
        policy::experience_builder_level(&realm.rulebook, &realm.org_facts(), &facts, realm.date())
    })
}

/// The reminder banners that the rules show this user on this day.
fn banners(org: &Org, user: Option<&User>) -> Vec<&'static str> {
    let realm = &org.realm;
    let facts = user.map(|user| user.facts(realm.clock.now(Component::Org)));
    let shown = facts.map(|facts| policy::banners(&realm.rulebook, &realm.org_facts(), &facts, realm.date()));
    shown.unwrap_or_default().into_iter().map(policy::Banner::text).collect()
}

#[derive(Template)]
#[template(path = "org/home.html")]
struct HomeTemplate<'a> {
    page: PageName,
    username: String,
    /// What the title says for a shell, and the heading.
    name: &'static str,
    setup: bool,
    /// The path that the shell stands for.
    not_simulated: Option<&'a str>,
    banners: Vec<&'static str>,
    logout: String,
    history: String,
    /// The origin of the tabs.
    lightning: String,
}

/// Object and title of the tabs beside Home (contract A6.6).
const TABS: [(&str, &str); 7] = [
    ("Account", "Accounts"),
    ("Contact", "Contacts"),
    ("Opportunity", "Opportunities"),
    ("Lead", "Leads"),
    ("Case", "Cases"),
    ("Report", "Reports"),
    ("Dashboard", "Dashboards"),
];

/// Where the home page of Setup is served.
pub(super) const SETUP: [&str; 2] = [paths::SETUP_HOME, "/setup/forcecomHomepage.apexp"];
