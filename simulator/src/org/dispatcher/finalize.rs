//! The end of a successful login: the pages before its destination, then the open session.

use vestibule_model::{LoginStatus, SessionLevel};

use super::login::{Login, Next};
use crate::org::cookies;
use crate::org::flow::{Due, Interstitial, Step};
use crate::realm::{Event, InterstitialExit, SessionKind};

/// Records the success, and opens the session unless a page comes before the destination.
pub(super) fn finalize(login: &mut Login<'_>, level: SessionLevel) -> Next {
    if !matches!(login.flow.step, Step::Interstitial { .. }) {
        login.record_row(LoginStatus::Success);
    }
    match interstitial(login) {
        Some((page, Due { leavable })) => {
            login.org.realm.record(Event::InterstitialShown { user: login.flow.attempt.user.clone(), page: page.name });
            login.flow.step = Step::Interstitial { page, leavable, level };
            login.open_gated_session();
        }
        None => {
            let realm = &login.org.realm;
            let waited = login.flow.sid.take();
            let opened = waited.as_ref().and_then(|sid| realm.open_gate(sid.reveal(), level));
            let session =
                opened.unwrap_or_else(|| realm.open_session(&login.flow.attempt.user, level, SessionKind::Browser));
            login.end_session_in_time(&session.sid);
            login.flow.sid = Some(session.sid);
            login.flow.step = Step::Done;
            login.org.flows.end(realm, login.flow, waited.as_ref());
            if login.request.cookie(cookies::FLOW).is_some() {
                login.cookies.push(cookies::remove(cookies::FLOW));
            }
        }
    }
    Next::Resume
}

/// Continues a login past its current interstitial.
pub(super) fn leave(login: &mut Login<'_>, how: InterstitialExit) -> Next {
    let Step::Interstitial { page, level, .. } = login.flow.step else {
        return Next::Resume;
    };
    login.org.realm.record(Event::InterstitialLeft { user: login.flow.attempt.user.clone(), page: page.name, how });
    login.flow.passed.insert(page.name);
    Next::Finalize(level)
}

/// The next page before the destination.
fn interstitial(login: &Login<'_>) -> Option<(&'static Interstitial, Due)> {
    let user = login.user()?;
    let flow = &login.flow;
    let left = login.org.interstitials.iter().copied();
    let mut left = left.filter(|page| !flow.passed.contains(&page.name) && !user.settled.contains(&page.name));
    left.find_map(|page| Some((page, (page.due)(&user.spec, &flow.attempt.kind)?)))
}
