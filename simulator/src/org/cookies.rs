//! The cookies of the org. Each is `Secure` and has a `Max-Age`; scripts can read none of them.

use http::HeaderValue;

use vestibule_model::Secret;

/// A browser that was here before, where the realm is set up with a remembered username: what was forgotten stays so.
pub(crate) const CAME_BEFORE: &str = "vremember";
/// The session id: `sid` (contract M1.12).
pub(crate) const SID: &str = "sid";
/// The login under way.
pub(crate) const FLOW: &str = "vflow";
/// The recognised browser: the name that automation replays (contract C6.3).
pub(crate) const DEVICE: &str = "sfdc_lv2";
/// The recognised browser: the name in the vendor's article of 2026 (contract C6.2).
pub(crate) const DEVICE_PLATFORM: &str = "sfdc_lv2_platform";
/// Whether the username is remembered.
pub(crate) const REMEMBER: &str = "rememberUn";
/// The remembered username.
pub(crate) const LOGIN: &str = "login";

/// The cookie of an open session.
pub(crate) fn session(sid: &Secret) -> HeaderValue {
    build(SID, sid.reveal(), SESSION_SECONDS, "Lax")
}

/// The cookie of a login under way.
pub(crate) fn flow(id: &Secret) -> HeaderValue {
    build(FLOW, id.reveal(), SESSION_SECONDS, "Lax")
}

/// The cookies of a recognised browser. A SAML `Response` arrives as a cross-site POST and must bring them along, hence
/// `SameSite=None`.
pub(crate) fn device(id: &str) -> [HeaderValue; 2] {
    [DEVICE, DEVICE_PLATFORM].map(|name| build(name, id, YEAR_SECONDS, "None"))
}

/// The cookies that remember a username.
pub(crate) fn remember(username: &str) -> [HeaderValue; 2] {
    let encoded: String = url::form_urlencoded::byte_serialize(username.as_bytes()).collect();
    [build(REMEMBER, "true", YEAR_SECONDS, "Lax"), build(LOGIN, &encoded, YEAR_SECONDS, "Lax")]
}

/// The cookies of a browser that finds a username remembered at its first visit.
pub(crate) fn begin_remembering(username: &str) -> [HeaderValue; 3] {
    let [remember, login] = remember(username);
    [remember, login, build(CAME_BEFORE, "true", YEAR_SECONDS, "Lax")]
}

/// Takes a cookie away.
pub(crate) fn remove(name: &str) -> HeaderValue {
    build(name, "", 0, "Lax")
}

/// A `Set-Cookie` value. A value that no header can carry is sent empty.
fn build(name: &str, value: &str, seconds: u32, same_site: &str) -> HeaderValue {
    let attributes = format!("Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite={same_site}");
    HeaderValue::from_str(&format!("{name}={value}; {attributes}"))
        .unwrap_or_else(|_| HeaderValue::from_static("vflow=; Path=/; Max-Age=0; Secure; HttpOnly"))
}

/// Two hours, the vendor's default session timeout.
const SESSION_SECONDS: u32 = 2 * 60 * 60;
/// One year (contract C6.2).
const YEAR_SECONDS: u32 = 365 * 24 * 60 * 60;
