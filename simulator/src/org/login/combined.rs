//! Which login pages have both fields: the classic one, and that of an Experience Cloud site, whatever the org's own page is
//! (contract B1.10).

use crate::http::RequestContext;
use crate::org::{Org, paths};
use vestibule_model::LoginPage;

/// Whether the request is about the login page of a site.
pub(super) fn is_site(request: &RequestContext) -> bool {
    request.path == paths::SITE_LOGIN
}

/// Whether the login page that the request is about has both fields.
pub(super) fn is_combined(org: &Org, request: &RequestContext) -> bool {
    is_site(request) || org.realm.login_page() == LoginPage::Classic
}
