//! The pages between a login that went well and its destination: whether one is due, and how it is passed.

use axum::response::Response;

use super::advance::open_gated;
use super::complete::complete;
use crate::http::RequestContext;
use crate::org::flow::{Flow, Step};
use crate::org::{Org, gate};
use crate::realm::{Event, InterstitialExit};
use vestibule_model::{LoginKind, PageName, PasswordExpiry, SessionLevel};

/// Takes the browser to the page that stands before its destination; `None` where no page does.
pub(super) fn stand_before(
    org: &Org,
    request: &RequestContext,
    flow: &mut Flow,
    level: SessionLevel,
) -> Option<Response> {
    let (page, leavable) = due(org, flow)?;
    org.realm.record(Event::InterstitialShown { user: flow.attempt.user.clone(), page });
    flow.step = Step::Interstitial { page, leavable, level };
    Some(open_gated(org, request, flow))
}

/// Takes a login on past the page where it stands.
pub(crate) fn pass(org: &Org, request: &RequestContext, flow: &mut Flow, how: InterstitialExit) -> Response {
    let Step::Interstitial { page, level, .. } = flow.step else {
        return gate::resume(org, request, flow);
    };
    org.realm.record(Event::InterstitialLeft { user: flow.attempt.user.clone(), page, how });
    flow.passed.insert(page);
    complete(org, request, flow, level)
}

/// The next page, and whether going elsewhere leaves it. A login without the password asks for no other password, and
/// only a login at a login page asks for a phone (inferred: public suites meet it there).
fn due(org: &Org, flow: &Flow) -> Option<(PageName, bool)> {
    let user = org.realm.users.get(&flow.attempt.user)?;
    let by_password = matches!(flow.attempt.kind, LoginKind::PasswordUi | LoginKind::Frontdoor);
    let expired = user.password_expired.filter(|_| by_password && !flow.passed.contains(&PageName::ChangePassword));
    if let Some(expiry) = expired {
        return Some((PageName::ChangePassword, expiry == PasswordExpiry::Leavable));
    }
    let at_a_page = flow.attempt.kind != LoginKind::Frontdoor;
    let phone = user.phone_registration && at_a_page && !flow.passed.contains(&PageName::RegisterPhone);
    phone.then_some((PageName::RegisterPhone, true))
}
