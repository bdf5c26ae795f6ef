//! "Reset My Security Token" in the personal settings (contract G1.7, G1.8). Whoever has the permission "Manage Users" may
//! name another user in `userId`.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use axum::{Extension, Router};
use http::StatusCode;
use vestibule_model::PageName;

use super::{Org, dispatcher, page, paths};
use crate::http::routing::{get, post};
use crate::http::{Form, RequestContext};
use crate::realm::{HostRole, OrgSession, TokenRenewal, User};

/// The page at its classic path and at that of Lightning.
pub(super) fn routes() -> Router {
    let pages = || get(show).merge(post(reset));
    Router::new().route(paths::RESET_TOKEN, pages()).route(paths::RESET_TOKEN_IN_LIGHTNING, pages())
}

async fn show(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    let session = match dispatcher::require_session(&org, &request) {
        Ok(session) => session,
        Err(response) => return *response,
    };
    if request.host == HostRole::MyDomain && request.path.starts_with("/lightning") {
        let url = org.realm.hosts.url(&request.host, &request.path_and_query());
        return dispatcher::redirect_with_session(&org, &request, &session.sid, &org.return_url(&url));
    }
    match subject(&org, &session, request.query.text("userId")) {
        Some((user, _)) => answer(&org, &request, &user, false),
        None => page::refuse(&org, &request, StatusCode::FORBIDDEN, INSUFFICIENT),
    }
}

async fn reset(Extension(org): Extension<Arc<Org>>, request: RequestContext, Form { fields, .. }: Form) -> Response {
    let session = match dispatcher::require_session(&org, &request) {
        Ok(session) => session,
        Err(response) => return *response,
    };
    match subject(&org, &session, fields.text("userId")) {
        Some((user, because)) => {
            org.realm.renew_security_token(&user.key, because);
            answer(&org, &request, &user, true)
        }
        None => page::refuse(&org, &request, StatusCode::FORBIDDEN, INSUFFICIENT),
    }
}

/// Whose token it is about, if whoever is signed in may reset it. Who may not does not learn whether there is such a user.
fn subject(org: &Org, session: &OrgSession, id: &str) -> Option<(User, TokenRenewal)> {
    let own = org.realm.users.get(&session.user)?;
    if id.is_empty() || own.has_id(id) {
        return Some((own, TokenRenewal::ByUser));
    }
    if !own.spec.manages_users() {
        return None;
    }
    let other = org.realm.users.by_id(id)?;
    Some((other, TokenRenewal::ByManager))
}

fn answer(org: &Org, request: &RequestContext, user: &User, done: bool) -> Response {
    let template = ResetTemplate {
        page: PageName::ResetSecurityToken,
        action: &request.path,
        user_id: &user.id,
        username: &user.username,
        done,
    };
    page::show(org, request, PageName::ResetSecurityToken, &template)
}

#[derive(Template)]
#[template(path = "org/reset_token.html")]
struct ResetTemplate<'a> {
    page: PageName,
    action: &'a str,
    user_id: &'a str,
    username: &'a str,
    /// Whether a new token is on its way.
    done: bool,
}

const INSUFFICIENT: &str = "Insufficient Privileges: only somebody with the permission \"Manage Users\" resets the security token of another user";
