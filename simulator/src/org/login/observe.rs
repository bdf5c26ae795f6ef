//! What a posted login form says about the suite that posted it. No typed text is kept.

use super::combined::is_site;
use crate::http::{Fields, RequestContext};
use crate::org::Org;
use crate::realm::{Event, PasswordHolds, UsernameHolds};
use vestibule_model::{LoginPage, PageName};

/// Records a posted login form; `username` is the text of its username field.
pub(super) fn record(org: &Org, request: &RequestContext, fields: &Fields, username: &str) {
    let user = org.realm.users.by_username(username.trim());
    let doubled = half(username.trim()).and_then(|half| org.realm.users.by_username(half));
    let username_holds = match user {
        Some(_) => UsernameHolds::Username,
        None if doubled.is_some() => UsernameHolds::UsernameTwice,
        None if username.trim().is_empty() => UsernameHolds::Nothing,
        None if holds_a_password(org, username) => UsernameHolds::Password,
        None => UsernameHolds::UnknownText,
    };
    let password_holds = match fields.get("pw") {
        None => PasswordHolds::Absent,
        Some("") => PasswordHolds::Empty,
        Some(_) => PasswordHolds::Present,
    };
    org.realm.record(Event::LoginFormPosted {
        page: page(org, request, fields),
        user: user.or(doubled).map(|user| user.key),
        username_holds,
        password_holds,
    });
}

/// The text of which this one is twice the same.
fn half(text: &str) -> Option<&str> {
    let (first, second) = text.split_at_checked(text.len() / 2)?;
    (!first.is_empty() && first == second).then_some(first)
}

/// A suite that types too early appends the password to the username that is already in the field.
fn holds_a_password(org: &Org, text: &str) -> bool {
    let is_held = |password: &str| !password.is_empty() && text.contains(password);
    org.realm.users.find(|user| is_held(user.password.reveal())).is_some()
}

/// Identifies the page by the fields of its form.
fn page(org: &Org, request: &RequestContext, fields: &Fields) -> PageName {
    if is_site(request) {
        PageName::SiteLogin
    } else if fields.has("usePassword") {
        PageName::LoginPasskey
    } else if org.realm.login_page() == LoginPage::Classic {
        PageName::Login
    } else if fields.has("pw") {
        PageName::Password
    } else {
        PageName::Username
    }
}
