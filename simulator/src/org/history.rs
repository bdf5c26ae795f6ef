//! Login History as a page, newest first (contract H1.1).

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use axum::{Extension, Router};

use super::{Org, dispatcher, page, paths};
use crate::http::RequestContext;
use crate::http::routing::get;
use crate::realm::HostRole;
use vestibule_model::PageName;

/// The page in Setup, and its classic address.
pub(super) fn routes() -> Router {
    Router::new().route(paths::LOGIN_HISTORY, get(show)).route("/setup/org/OrgLoginHistory.apexp", get(show))
}

async fn show(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
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
        Row([
            user.map(|user| user.username).unwrap_or_default(),
            row.time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
            row.login_type,
            row.status.text().to_owned(),
            row.auth_method_reference.unwrap_or_default(),
            row.application,
            row.login_url,
        ])
    });
    let template = HistoryTemplate {
        page: PageName::LoginHistory,
        home: org.realm.hosts.url(&HostRole::Lightning, paths::LIGHTNING_HOME),
        rows: rows.collect(),
        dropped: org.realm.login_history.dropped(),
    };
    page::show(&org, &request, PageName::LoginHistory, &template)
}

/// What the row says under each of the [`HEADINGS`].
struct Row([String; HEADINGS.len()]);

impl Row {
    fn cells(&self) -> impl Iterator<Item = (&'static str, &String)> {
        HEADINGS.into_iter().zip(&self.0)
    }
}

const HEADINGS: [&str; 7] =
    ["Username", "Login Time", "Login Type", "Status", "Auth Method Reference", "Application", "Login URL"];

#[derive(Template)]
#[template(path = "org/login_history.html")]
struct HistoryTemplate {
    page: PageName,
    home: String,
    rows: Vec<Row>,
    dropped: u64,
}
