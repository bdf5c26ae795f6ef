//! "Scheduled Improvements", the notice of maintenance (contract C1.17). Its path and its heading are public; that a link leads
//! on, and that it comes once, are ours.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::response::Response;
use axum::routing::MethodRouter;
use vestibule_model::PageName;

use crate::http::RequestContext;
use crate::http::routing::get;
use crate::org::dispatcher::{self, Next};
use crate::org::flow::{Due, Interstitial};
use crate::org::frame::Frame;
use crate::org::return_url::encode;
use crate::org::{Org, paths};
use crate::realm::InterstitialExit;

pub(super) static PAGE: Interstitial = Interstitial {
    name: PageName::Maintenance,
    path: paths::path_of(PageName::Maintenance),
    query: "",
    due: |user, _| user.maintenance_notice.then_some(Due { leavable: true }),
};

pub(super) fn serve() -> MethodRouter {
    get(page)
}

async fn page(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    dispatcher::on_page(&org, &request, |login| {
        if !login.flow.stands_at(&PAGE) {
            return Next::Resume;
        }
        if request.query.has(SEEN) {
            org.realm.users.update(&login.flow.attempt.user, |user| user.settled.insert(PAGE.name));
            return Next::Leave(InterstitialExit::Answered);
        }
        let return_url = encode(&login.flow.attempt.return_url.short(&org.realm.hosts));
        let onwards = format!("{}?{SEEN}=1&retURL={return_url}", PAGE.path);
        login.show(PAGE.name, &MaintenanceTemplate { page: PAGE.name, frame: Frame::new(login, None), onwards })
    })
}

#[derive(Template)]
#[template(path = "org/maintenance.html")]
struct MaintenanceTemplate {
    page: PageName,
    frame: Frame,
    onwards: String,
}

const SEEN: &str = "seen";
