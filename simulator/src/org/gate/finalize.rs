//! The end of a login that went well: the pages that stand before its destination, then the open session.

use vestibule_model::{LoginKind, PageName, PasswordExpiry, SessionLevel};

use super::login::{Login, Next};
use crate::org::flow::Step;
use crate::realm::{Event, InterstitialExit, SessionKind};

/// Records the success, and opens the session unless a page stands before the destination.
pub(super) fn finalize(login: &mut Login<'_>, level: SessionLevel) -> Next {
    if !matches!(login.flow.step, Step::Interstitial { .. }) {
        login.record_row("Success");
    }
    match interstitial(login) {
        Some((page, leavable)) => {
            login.org.realm.record(Event::InterstitialShown { user: login.flow.attempt.user.clone(), page });
            login.flow.step = Step::Interstitial { page, leavable, level };
            login.open_gated_session();
        }
        None => {
            let realm = &login.org.realm;
            let opened = login.flow.sid.as_ref().and_then(|sid| realm.open_gate(sid.reveal(), level));
            let session =
                opened.unwrap_or_else(|| realm.open_session(&login.flow.attempt.user, level, SessionKind::Browser));
            login.flow.sid = Some(session.sid);
            login.flow.step = Step::Done;
        }
    }
    Next::Resume
}

/// Takes a login on past the page that stands between.
pub(super) fn leave(login: &mut Login<'_>, how: InterstitialExit) -> Next {
    let Step::Interstitial { page, level, .. } = login.flow.step else {
        return Next::Resume;
    };
    login.org.realm.record(Event::InterstitialLeft { user: login.flow.attempt.user.clone(), page, how });
    login.flow.passed.insert(page);
    Next::Finalize(level)
}

/// The next page that stands before the destination, and whether going elsewhere leaves it. A login without the password
/// asks for no other password, and only a login at a login page asks for a phone (inferred: public suites meet it there).
fn interstitial(login: &Login<'_>) -> Option<(PageName, bool)> {
    let user = login.user()?;
    let (kind, passed) = (&login.flow.attempt.kind, &login.flow.passed);
    let by_password = matches!(kind, LoginKind::PasswordUi | LoginKind::Frontdoor);
    let expired = user.password_expired.filter(|_| by_password && !passed.contains(&PageName::ChangePassword));
    if let Some(expiry) = expired {
        return Some((PageName::ChangePassword, expiry == PasswordExpiry::Leavable));
    }
    let at_a_page = *kind != LoginKind::Frontdoor;
    let phone = user.phone_registration && at_a_page && !passed.contains(&PageName::RegisterPhone);
    phone.then_some((PageName::RegisterPhone, true))
}
