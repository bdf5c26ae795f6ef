//! "Register Your Mobile Phone" (contract C1.9).

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::http::{Form, RequestContext};
use crate::org::flow::{Flow, Step};
use crate::org::return_url::encode;
use crate::org::verification::{Frame, with_flow, with_form};
use crate::org::{Org, gate, page, paths};
use crate::realm::InterstitialExit;
use vestibule_model::PageName;

pub(super) async fn page(State(org): State<Arc<Org>>, request: RequestContext) -> Response {
    with_flow(&org, &request, |flow| match request.query.get("d") {
        _ if !stands_here(flow) => gate::resume(&org, &request, flow),
        Some(LATER) => gate::pass(&org, &request, flow, InterstitialExit::Declined),
        Some(_) => show(&org, &request, flow, None),
        None => {
            ask_no_more(&org, flow);
            gate::pass(&org, &request, flow, InterstitialExit::Declined)
        }
    })
}

pub(super) async fn answer(
    State(org): State<Arc<Org>>,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    with_form(&org, &request, &fields, |flow| {
        if !stands_here(flow) {
            return gate::stale(&org, &request, flow);
        }
        let digits = fields.text("phone").chars().filter(char::is_ascii_digit).count();
        if digits < FEWEST_DIGITS {
            return show(&org, &request, flow, Some("Enter a valid mobile phone number."));
        }
        ask_no_more(&org, flow);
        gate::pass(&org, &request, flow, InterstitialExit::Answered)
    })
}

fn stands_here(flow: &Flow) -> bool {
    matches!(flow.step, Step::Interstitial { page: PageName::RegisterPhone, .. })
}

fn ask_no_more(org: &Org, flow: &Flow) {
    org.realm.users.update(&flow.attempt.user, |user| user.phone_registration = false);
}

fn show(org: &Org, request: &RequestContext, flow: &mut Flow, error: Option<&str>) -> Response {
    let return_url = encode(&flow.attempt.return_url.short(&org.realm.hosts));
    let template = PhoneTemplate {
        page: PageName::RegisterPhone,
        frame: Frame::new(org, request, flow, error),
        never: format!("{}?retURL={return_url}", paths::ADD_PHONE),
        later: format!("{}?d={LATER}&retURL={return_url}", paths::ADD_PHONE),
    };
    page::show(org, request, PageName::RegisterPhone, &template)
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
