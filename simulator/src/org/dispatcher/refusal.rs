//! The end of a login that failed.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use crate::http::RequestContext;
use crate::org::{Org, page};
use crate::realm::LoginRecord;
use vestibule_model::{LoginStatus, PageName};

/// A login that failed, as Login History will show it.
pub(crate) struct Refusal<'a> {
    /// Key of the user, if known.
    pub(crate) user: Option<&'a str>,
    /// `LoginType` label.
    pub(crate) login_type: &'a str,
    /// `Status` text: `Failed: Signature Invalid`.
    pub(crate) status: LoginStatus,
    /// One sentence for the page.
    pub(crate) why: &'a str,
    /// The `amr` of an ID token.
    pub(crate) auth_method_reference: Option<String>,
}

/// Ends a login: a row in Login History, and the page that says why.
pub(crate) fn refuse(org: &Org, request: &RequestContext, refusal: Refusal<'_>) -> Response {
    record(org, request, &refusal);
    let login = org.realm.hosts.url(&crate::realm::HostRole::MyDomain, "/");
    let template =
        RefusedLoginTemplate { page: PageName::LoginRefused, status: refusal.status.text(), why: refusal.why, login: &login };
    page::show_with_status(org, request, PageName::LoginRefused, StatusCode::FORBIDDEN, &template)
}

/// Adds the row of a failed login to Login History.
pub(crate) fn record(org: &Org, request: &RequestContext, refusal: &Refusal<'_>) {
    org.realm.record_login(LoginRecord {
        time: org.realm.shown_time(),
        user: refusal.user.map(str::to_owned),
        login_type: refusal.login_type.to_owned(),
        status: refusal.status,
        auth_method_reference: refusal.auth_method_reference.clone(),
        application: "Browser".to_owned(),
        login_url: org.realm.hosts.name(&request.host),
    });
}

#[derive(Template)]
#[template(path = "org/login_refused.html")]
struct RefusedLoginTemplate<'a> {
    page: PageName,
    status: &'a str,
    why: &'a str,
    login: &'a str,
}
