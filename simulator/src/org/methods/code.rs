//! The code page: a TOTP code, or a temporary code in the same box (contract C3.1, C3.2, M1.9).

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::frame::{Frame, with_flow, with_form};
use crate::http::{Form, RequestContext};
use crate::org::flow::{Flow, Step};
use crate::org::{Org, gate, page, paths, totp};
use crate::realm::{Component, Event, LockoutCause, VerificationResult};
use vestibule_model::{PageName, VerificationMethod};

pub(super) async fn page(State(org): State<Arc<Org>>, request: RequestContext) -> Response {
    with_flow(&org, &request, |flow| show(&org, &request, flow, None))
}

pub(super) async fn answer(
    State(org): State<Arc<Org>>,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    with_form(&org, &request, &fields, |flow| {
        let code = totp::typed(fields.text("tc"));
        let Some(offered) = offered(flow) else {
            return gate::stale(&org, &request, flow);
        };
        let now = org.realm.clock.now(Component::Org);
        let key = flow.attempt.user.clone();
        let checked = org.realm.users.update(&key, |user| {
            let placed = totp::placed(user, &code, now).filter(|_| offered.contains(&VerificationMethod::TotpApp));
            let locked = user.is_locked(now);
            let (method, result) = totp::check(user, &offered, &code, now);
            (placed, !locked && result == VerificationResult::LockedOut, method, result)
        });
        let Some((placed, locked_now, method, result)) = checked else {
            return gate::stale(&org, &request, flow);
        };
        if let Some((steps_off, seconds_left)) = placed {
            org.realm.record(Event::TotpCodePosted { user: key.clone(), steps_off, seconds_left });
        }
        if locked_now {
            org.realm.record(Event::UserLockedOut { user: key.clone(), by: LockoutCause::Codes });
        }
        org.realm.record(Event::VerificationChecked { user: key, method, result });
        match result {
            VerificationResult::Accepted => gate::proved(&org, &request, flow, method),
            VerificationResult::LockedOut => show(&org, &request, flow, Some(TOO_MANY)),
            VerificationResult::Wrong | VerificationResult::Replayed | VerificationResult::Stale => {
                show(&org, &request, flow, Some(BAD_CODE))
            }
        }
    })
}

fn show(org: &Org, request: &RequestContext, flow: &mut Flow, error: Option<&str>) -> Response {
    let Some(offered) = offered(flow) else {
        return gate::resume(org, request, flow);
    };
    let several = choose_first(flow, &offered);
    let temporary = offered.contains(&VerificationMethod::TemporaryCode);
    let page = if offered.contains(&VerificationMethod::TotpApp) {
        PageName::VerifyTotp
    } else {
        PageName::VerifyTemporaryCode
    };
    let template = CodeTemplate {
        page,
        frame: Frame::new(org, request, flow, error),
        max_length: (!temporary).then_some(6),
        temporary: page == PageName::VerifyTemporaryCode,
        chooser: several.then_some(paths::CHOOSE_VERIFIER),
    };
    page::show(org, request, page, &template)
}

/// The methods of this page that the login offers; `None` where it stands elsewhere.
fn offered(flow: &Flow) -> Option<Vec<VerificationMethod>> {
    let Step::Verify { methods, .. } = &flow.step else {
        return None;
    };
    let here = methods.iter().copied().filter(|method| paths::verification(*method) == paths::TOTP);
    Some(here.collect::<Vec<_>>()).filter(|here| !here.is_empty())
}

/// Notes that this page is where the login stands; tells whether there are other methods.
fn choose_first(flow: &mut Flow, offered: &[VerificationMethod]) -> bool {
    let Step::Verify { methods, chosen, .. } = &mut flow.step else {
        return false;
    };
    if let Some(first) = offered.first()
        && !offered.contains(chosen)
    {
        *chosen = *first;
    }
    methods.len() > offered.len()
}

#[derive(Template)]
#[template(path = "org/verify_code.html")]
struct CodeTemplate {
    page: PageName,
    frame: Frame,
    max_length: Option<u8>,
    temporary: bool,
    chooser: Option<&'static str>,
}

/// Inferred wording. The page shows the same for a wrong, a stale and a replayed code; the journal tells them apart.
pub(super) const BAD_CODE: &str = "Your verification code is incorrect or has expired. Try again.";
/// The pattern that a public detector looks for (contract C3.8).
pub(super) const TOO_MANY: &str =
    "You have exceeded the maximum number of verification attempts. Wait an hour and try again.";
