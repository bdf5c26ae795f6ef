//! The cookies of the org.

use axum_extra::extract::cookie::{Cookie, SameSite};
use jiff::SignedDuration;
use vestibule_model::{OrgSpec, Secret};

use crate::http::{RequestContext, cookie};

/// In a realm with a remembered username, marks a browser that is not new, so that a forgotten username stays
/// forgotten.
pub(crate) const CAME_BEFORE: &str = "vremember";
/// The session id: `sid` (contract M1.12).
pub(crate) const SID: &str = "sid";
/// The login under way.
pub(crate) const FLOW: &str = "vflow";
/// Whether the username is remembered.
pub(crate) const REMEMBER: &str = "rememberUn";
/// The remembered username.
pub(crate) const LOGIN: &str = "login";
/// The identity provider by which the browser last began to sign in. No public source shows its name.
pub(crate) const IDP_HINT: &str = "vidphint";
/// The recognised browser: the name that automation replays (contract C6.3).
const DEVICE: &str = "sfdc_lv2";
/// The recognised browser: the name in the vendor's article of 2026 (contract C6.2).
const DEVICE_PLATFORM: &str = "sfdc_lv2_platform";

/// The cookie of an open session.
pub(crate) fn session(sid: &Secret) -> Cookie<'static> {
    cookie(SID, sid.reveal(), LONGEST_SESSION, SameSite::Lax)
}

/// The cookie of a login under way.
pub(crate) fn flow(id: &Secret) -> Cookie<'static> {
    cookie(FLOW, id.reveal(), LONGEST_SESSION, SameSite::Lax)
}

/// The cookies of a recognised browser. A SAML `Response` arrives as a cross-site POST and must carry them, so they are
/// `SameSite=None`.
pub(crate) fn device(id: &str) -> [Cookie<'static>; 2] {
    [DEVICE, DEVICE_PLATFORM].map(|name| cookie(name, id, YEAR, SameSite::None))
}

/// The device ids that a browser presents, by either name.
pub(crate) fn presented_devices(request: &RequestContext) -> impl Iterator<Item = &str> {
    [DEVICE, DEVICE_PLATFORM].into_iter().filter_map(|name| request.cookie(name))
}

/// The cookies that remember a username.
pub(crate) fn remember(username: &str) -> [Cookie<'static>; 2] {
    [cookie(REMEMBER, "true", YEAR, SameSite::Lax), cookie(LOGIN, username, YEAR, SameSite::Lax)]
}

/// The cookies that make a new browser remember a username.
pub(crate) fn begin_remembering(username: &str) -> [Cookie<'static>; 3] {
    let [remember, login] = remember(username);
    [remember, login, cookie(CAME_BEFORE, "true", YEAR, SameSite::Lax)]
}

/// The cookie that remembers an identity provider, where the org says so (contract A5.3).
pub(crate) fn idp_hint(org: &OrgSpec, idp: &str) -> Option<Cookie<'static>> {
    org.idp_hint.then(|| cookie(IDP_HINT, idp, YEAR, SameSite::Lax))
}

/// Removes a cookie.
pub(crate) fn remove(name: &'static str) -> Cookie<'static> {
    crate::http::removal(name, SameSite::Lax)
}

/// The longest session timeout. The org itself ends a session or a login, which is earlier.
const LONGEST_SESSION: SignedDuration = SignedDuration::from_hours(24);
/// One year (contract C6.2).
const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);
