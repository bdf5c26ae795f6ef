//! "Register Your Mobile Phone" (contract C1.9).

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::response::Response;
use axum::routing::MethodRouter;
use vestibule_model::PageName;

use crate::http::routing::{get, post};
use crate::http::{Form, RequestContext};
use crate::org::dispatcher::{self, Login, Next};
use crate::org::flow::{Due, Interstitial};
use crate::org::frame::Frame;
use crate::org::return_url::encode;
use crate::org::{Org, paths};
use crate::realm::InterstitialExit;

pub(super) static PAGE: Interstitial = Interstitial {
    name: PageName::RegisterPhone,
    path: paths::path_of(PageName::RegisterPhone),
    query: "d=m&",
    // Only a login at a login page asks for a phone (inferred: public suites meet it there).
    due: |user, login| (user.phone_registration && !login.is_front_door()).then_some(Due { leavable: true }),
};

pub(super) fn serve() -> MethodRouter {
    get(page).merge(post(answer))
}

async fn page(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    dispatcher::on_page(&org, &request, |login| match request.query.get("d") {
        _ if !login.flow.stands_at(&PAGE) => Next::Resume,
        Some(REMIND_ME_LATER) => Next::Leave(InterstitialExit::Declined),
        Some(_) => show(login, None),
        None => {
            ask_no_more(login);
            Next::Leave(InterstitialExit::Declined)
        }
    })
}

async fn answer(Extension(org): Extension<Arc<Org>>, request: RequestContext, Form { fields, .. }: Form) -> Response {
    dispatcher::on_form(&org, &request, &fields, |login| {
        if !login.flow.stands_at(&PAGE) {
            return Next::Stale;
        }
        let digits = fields.text("phone").chars().filter(char::is_ascii_digit).count();
        if digits < FEWEST_DIGITS {
            return show(login, Some("Enter a valid mobile phone number."));
        }
        let phone = fields.text("phone").trim().to_owned();
        org.realm.users.update(&login.flow.attempt.user, |user| user.phone = Some(phone));
        ask_no_more(login);
        Next::Leave(InterstitialExit::Answered)
    })
}

fn ask_no_more(login: &Login<'_>) {
    login.org.realm.users.update(&login.flow.attempt.user, |user| user.settled.insert(PAGE.name));
}

fn show(login: &Login<'_>, error: Option<&str>) -> Next {
    let return_url = encode(&login.flow.attempt.return_url.short(&login.org.realm.hosts));
    let template = PhoneTemplate {
        page: PAGE.name,
        frame: Frame::new(login, error),
        never: format!("{}?retURL={return_url}", PAGE.path),
        later: format!("{}?d={REMIND_ME_LATER}&retURL={return_url}", PAGE.path),
    };
    login.show(PAGE.name, &template)
}

#[derive(Template)]
#[template(path = "org/register_phone.html")]
struct PhoneTemplate {
    page: PageName,
    frame: Frame,
    never: String,
    later: String,
}

/// "Remind Me Later". No public source shows its query.
const REMIND_ME_LATER: &str = "r";
const FEWEST_DIGITS: usize = 6;
