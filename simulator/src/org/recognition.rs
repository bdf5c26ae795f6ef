//! Which browsers the org recognises, and the checkbox "Don't ask again" (contract C3.6, C6.2).

use super::dispatcher::Login;
use super::{Org, cookies};
use crate::http::{Fields, RequestContext};

/// Whether a browser that proved itself is to be recognised from now on. Without the checkbox it always is.
pub(super) fn wanted(org: &Org, fields: &Fields) -> bool {
    !org.settings().dont_ask_again || is_ticked(fields)
}

/// Recognises the browser of a login, if the checkbox is there and ticked.
pub(super) fn recognise_if_ticked(login: &mut Login<'_>, fields: &Fields) {
    let org = login.org;
    if !org.settings().dont_ask_again || !is_ticked(fields) {
        return;
    }
    let device = device(org, login.request);
    org.realm.users.update(&login.flow.attempt.user, |user| user.devices.insert(&device));
    login.cookies.extend(cookies::device(&device));
}

/// The id by which a browser is recognised. A made-up one could be the same in many browsers, so only ids that the org issued
/// are kept.
pub(super) fn device(org: &Org, request: &RequestContext) -> String {
    let issued = cookies::presented_devices(request).find(|id| org.realm.users.has_device(id));
    issued.map_or_else(|| org.realm.entropy.token(), str::to_owned)
}

fn is_ticked(fields: &Fields) -> bool {
    fields.has("daa")
}
