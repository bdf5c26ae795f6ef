//! The emails that the org sent, readable without a mailbox.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use axum::{Extension, Router};

use super::{Org, page, paths};
use crate::http::RequestContext;
use crate::http::routing::get;
use crate::realm::Email;
use vestibule_model::PageName;

/// The inbox.
pub(super) fn routes() -> Router {
    Router::new().route(paths::INBOX, get(show))
}

/// Every email, newest first, or those to the address in `?to=`.
async fn show(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    let mut emails = match request.query.get("to") {
        Some(address) => org.realm.inbox.to(address),
        None => org.realm.inbox.all(),
    };
    emails.reverse();
    let template = InboxTemplate { page: PageName::Inbox, emails, dropped: org.realm.inbox.dropped() };
    page::show(&org, &request, PageName::Inbox, &template)
}

#[derive(Template)]
#[template(path = "org/inbox.html")]
struct InboxTemplate {
    page: PageName,
    emails: Vec<Email>,
    dropped: u64,
}
