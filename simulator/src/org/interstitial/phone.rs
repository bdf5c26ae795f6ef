//! "Register Your Mobile Phone" (contract C1.9).

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;

use crate::org::flow::{Flow, Step};
use crate::org::return_url::encode;
use crate::org::verification::{Frame, with_flow, with_form};
use crate::org::{Fields, Org, Visit, gate, page, paths};
use crate::realm::InterstitialExit;
use vestibule_model::PageName;

pub(super) async fn page(State(org): State<Arc<Org>>, visit: Visit) -> Response {
    with_flow(&org, &visit, |flow| match visit.query.get("d") {
        _ if !stands_here(flow) => gate::resume(&org, &visit, flow),
        Some(LATER) => gate::pass(&org, &visit, flow, InterstitialExit::Declined),
        Some(_) => show(&org, &visit, flow, None),
        None => {
            ask_no_more(&org, flow);
            gate::pass(&org, &visit, flow, InterstitialExit::Declined)
        }
    })
}

pub(super) async fn answer(State(org): State<Arc<Org>>, visit: Visit, body: Bytes) -> Response {
    let fields = Fields::parse(&body);
    with_form(&org, &visit, &fields, |flow| {
        if !stands_here(flow) {
            return gate::stale(&org, &visit, flow);
        }
        let digits = fields.text("phone").chars().filter(char::is_ascii_digit).count();
        if digits < FEWEST_DIGITS {
            return show(&org, &visit, flow, Some("Enter a valid mobile phone number."));
        }
        ask_no_more(&org, flow);
        gate::pass(&org, &visit, flow, InterstitialExit::Answered)
    })
}

fn stands_here(flow: &Flow) -> bool {
    matches!(flow.step, Step::Interstitial { page: PageName::RegisterPhone, .. })
}

fn ask_no_more(org: &Org, flow: &Flow) {
    org.realm.users.update(&flow.attempt.user, |user| user.phone_registration = false);
}

fn show(org: &Org, visit: &Visit, flow: &mut Flow, error: Option<&str>) -> Response {
    let return_url = encode(&flow.attempt.return_url.short(&org.realm.hosts));
    let template = PhoneTemplate {
        page: PageName::RegisterPhone,
        frame: Frame::new(org, visit, flow, error),
        never: format!("{}?retURL={return_url}", paths::ADD_PHONE),
        later: format!("{}?d={LATER}&retURL={return_url}", paths::ADD_PHONE),
    };
    page::show(org, visit, PageName::RegisterPhone, &template)
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
const LATER: &str = "r";
const FEWEST_DIGITS: usize = 6;
