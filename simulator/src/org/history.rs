//! Login History as a page, newest first (contract H1.1).

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::{Org, dispatcher, page, paths};
use crate::http::RequestContext;
use crate::realm::HostRole;
use vestibule_model::PageName;

/// The page in Setup, and its classic address.
pub(super) fn routes() -> Router<Arc<Org>> {
    Router::new().route(paths::LOGIN_HISTORY, get(show)).route("/setup/org/OrgLoginHistory.apexp", get(show))
}

async fn show(State(org): State<Arc<Org>>, request: RequestContext) -> Response {
    let session = match dispatcher::require_session(&org, &request) {
        Ok(session) => session,
        Err(response) => return *response,
    };
    if request.host == HostRole::MyDomain && request.path.starts_with("/lightning") {
        let url = org.realm.hosts.url(&request.host, &request.path);
        return dispatcher::redirect_with_session(&org, &request, &session.sid, &org.return_url(&url));
    }
    let rows = org.realm.login_history.all().into_iter().rev().map(|row| {
        let user = row.user.as_deref().and_then(|key| org.realm.users.get(key));
        Row {
            username: user.map(|user| user.username).unwrap_or_default(),
            time: row.time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            login_type: row.login_type,
            status: row.status.text(),
            amr: row.auth_method_reference.unwrap_or_default(),
            application: row.application,
            login_url: row.login_url,
        }
    });
    let template = HistoryTemplate {
        page: PageName::LoginHistory,
        rows: rows.collect(),
        dropped: org.realm.login_history.dropped(),
    };
    page::show(&org, &request, PageName::LoginHistory, &template)
}

struct Row {
    username: String,
    time: String,
    login_type: String,
    status: &'static str,
    amr: String,
    application: String,
    login_url: String,
}

#[derive(Template)]
#[template(path = "org/login_history.html")]
struct HistoryTemplate {
    page: PageName,
    rows: Vec<Row>,
    dropped: u64,
}
