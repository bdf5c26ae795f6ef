//! "Allow Access?" after a login that began at an app (contract C1.11), for suites that bring no app. The request of a real
//! app has its page in `oauth`; that page has this address too.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::response::Response;
use axum::routing::MethodRouter;
use vestibule_model::{PLATFORM_CLI, PageName};

use crate::http::routing::{get, post};
use crate::http::{Form, RequestContext, found};
use crate::org::dispatcher::{self, Login, Next};
use crate::org::flow::{Due, Interstitial};
use crate::org::frame::Frame;
use crate::org::{Org, paths};
use crate::realm::{Event, InterstitialExit};

pub(super) static PAGE: Interstitial = Interstitial {
    name: PageName::AuthorizeApp,
    path: paths::APPROVAL_UI,
    query: "",
    // The session is open by then in a real org, so another page can be opened.
    due: |user, login| (user.app_approval && !login.is_front_door()).then_some(Due { leavable: true }),
};

pub(super) fn serve() -> MethodRouter {
    get(page).merge(post(answer))
}

async fn page(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    if request.query.has("source") {
        return found(&format!("{}?{}", paths::APPROVAL, request.raw_query));
    }
    dispatcher::on_page(&org, &request, |login| if login.flow.stands_at(&PAGE) { show(login) } else { Next::Resume })
}

async fn answer(Extension(org): Extension<Arc<Org>>, request: RequestContext, Form { fields, .. }: Form) -> Response {
    dispatcher::on_form(&org, &request, &fields, |login| {
        let (allowed, denied) = (fields.has("save"), fields.has("cancel"));
        if !login.flow.stands_at(&PAGE) {
            return Next::Stale;
        }
        if allowed == denied {
            return show(login);
        }
        let user = login.flow.attempt.user.clone();
        if allowed {
            org.realm.users.update(&user, |user| user.settled.insert(PAGE.name));
        }
        org.realm.record(Event::AppApprovalAnswered { user, app: PLATFORM_CLI.to_owned(), allowed });
        Next::Leave(if allowed { InterstitialExit::Answered } else { InterstitialExit::Declined })
    })
}

fn show(login: &Login<'_>) -> Next {
    login.show(PAGE.name, &ApprovalTemplate { page: PAGE.name, frame: Frame::new(login, None), app: PLATFORM_CLI })
}

#[derive(Template)]
#[template(path = "org/approve_app.html")]
struct ApprovalTemplate {
    page: PageName,
    frame: Frame,
    app: &'static str,
}
