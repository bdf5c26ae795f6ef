//! The passkey ceremony of a login page: on page 2 for the username of page 1, and on page 1 for a saved username (contract
//! B1.7, B1.8, A3.4).

use crate::org::{Org, page, passkeys};
use crate::realm::later;
use vestibule_model::LoginPage;

/// Its options, as JSON, and the token that names it; `None` if the org does not allow it or the user has no passkey.
pub(super) fn start(org: &Org, username: &str) -> Option<(String, String)> {
    if org.realm.login_page() == LoginPage::Classic || !org.settings().allows_passwordless() {
        return None;
    }
    let user = org.realm.users.by_username(username).filter(|user| !user.passkeys.is_empty())?;
    let (options, state) = passkeys::start_verification(&org.realm, &user.key, None).ok()?;
    let token = org.realm.entropy.token();
    let now = org.now();
    org.passwordless.put(&token, (user.key, state), later(now, LIFETIME), now);
    Some((page::json_for_script(&options), token))
}

const LIFETIME: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);
