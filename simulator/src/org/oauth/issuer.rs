//! Under which host the org answers an app: the shared login host if the app asked there, else My Domain.

use crate::http::RequestContext;
use crate::org::Org;
use crate::realm::HostRole;

/// The host.
pub(super) fn host(request: &RequestContext) -> HostRole {
    if request.host == HostRole::Login { HostRole::Login } else { HostRole::MyDomain }
}

/// The URL of a path there.
pub(super) fn url(org: &Org, request: &RequestContext, path: &str) -> String {
    org.realm.hosts.url(&host(request), path)
}

/// The identity URL of a user, by id: the `id` of a token answer and the `sub` of an ID token.
pub(super) fn identity(org: &Org, request: &RequestContext, user_id: &str) -> String {
    url(org, request, &format!("/id/{}/{user_id}", org.realm.org_id))
}
