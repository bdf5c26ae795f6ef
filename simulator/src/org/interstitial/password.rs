//! The forced change of an expired password (contract C1.10).

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::http::{Form, RequestContext};
use crate::org::flow::{Flow, Step};
use crate::org::verification::{Frame, with_flow, with_form};
use crate::org::{Org, gate, page};
use crate::realm::InterstitialExit;
use vestibule_model::PageName;
use vestibule_model::Secret;

pub(super) async fn page(State(org): State<Arc<Org>>, request: RequestContext) -> Response {
    with_flow(&org, &request, |flow| show(&org, &request, flow, None))
}

pub(super) async fn answer(
    State(org): State<Arc<Org>>,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    with_form(&org, &request, &fields, |flow| match flow.step {
        Step::Interstitial { page: PageName::ChangePassword, leavable, .. } => {
            if leavable && fields.has("cancel") {
                return gate::pass(&org, &request, flow, InterstitialExit::Declined);
            }
            match change(&org, flow, fields.text("p5"), fields.text("p6")) {
                Ok(()) => gate::pass(&org, &request, flow, InterstitialExit::Answered),
                Err(why) => show(&org, &request, flow, Some(why)),
            }
        }
        _ => gate::stale(&org, &request, flow),
    })
}

/// Sets the new password, or says why not. The demands and their wording are inferred: no public source shows them.
fn change(org: &Org, flow: &Flow, new: &str, again: &str) -> Result<(), &'static str> {
    let mixed = new.chars().any(char::is_alphabetic) && new.chars().any(|char| char.is_ascii_digit());
    if new.chars().count() < SHORTEST || !mixed {
        return Err("Your new password must have at least 8 characters and mix letters and numbers.");
    }
    if new != again {
        return Err("The new passwords don't match.");
    }
    let changed = org.realm.users.update(&flow.attempt.user, |user| {
        let other = user.password.reveal() != new;
        if other {
            user.password = Secret::new(new);
            user.password_expired = None;
        }
        other
    });
    if changed == Some(true) { Ok(()) } else { Err("Your new password can't be your old one.") }
}

fn show(org: &Org, request: &RequestContext, flow: &mut Flow, error: Option<&str>) -> Response {
    let Step::Interstitial { page: PageName::ChangePassword, leavable, .. } = flow.step else {
        return gate::resume(org, request, flow);
    };
    let frame = Frame::new(org, request, flow, error);
    let template = PasswordTemplate { page: PageName::ChangePassword, frame, leavable };
    page::show(org, request, PageName::ChangePassword, &template)
}

#[derive(Template)]
#[template(path = "org/change_password.html")]
struct PasswordTemplate {
    page: PageName,
    frame: Frame,
    leavable: bool,
}

const SHORTEST: usize = 8;
