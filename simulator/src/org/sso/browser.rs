//! Which browser sent a request. Each request that waits for an answer has a cookie of its own, so that nobody takes the
//! answer to somebody else's request, and two tabs of one browser do not disturb one another.

use axum_extra::extract::cookie::{Cookie, SameSite};
use vestibule_model::Secret;

use crate::http::{self, RequestContext};
use crate::org::sso_state::REQUEST_LIFETIME;
use crate::realm::IdpProtocol;

/// The cookie of the browser that sends this request. `id` is the `ID` of an `AuthnRequest`, or a `state`.
pub(super) fn cookie(protocol: IdpProtocol, id: &str, browser: &Secret) -> Cookie<'static> {
    let (path, same_site) = scope(protocol);
    let mut cookie = http::cookie(name(id), browser.reveal(), REQUEST_LIFETIME, same_site);
    cookie.set_path(path);
    cookie
}

/// Removes the cookie of a request that was answered.
pub(super) fn removal(protocol: IdpProtocol, id: &str) -> Cookie<'static> {
    let (path, same_site) = scope(protocol);
    let mut cookie = http::removal(name(id), same_site);
    cookie.set_path(path);
    cookie
}

/// Whether this browser sent the request with this id.
pub(super) fn sent(request: &RequestContext, id: &str, browser: &Secret) -> bool {
    request.cookie(&name(id)) == Some(browser.reveal())
}

/// A `Response` comes by a cross-site POST to the host root, a code by a top-level GET.
fn scope(protocol: IdpProtocol) -> (&'static str, SameSite) {
    match protocol {
        IdpProtocol::Saml => ("/", SameSite::None),
        IdpProtocol::Oidc => ("/services", SameSite::Lax),
    }
}

fn name(id: &str) -> String {
    format!("sso_{id}")
}
