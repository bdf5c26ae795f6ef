//! "Identity Verification" in Setup: the org-wide MFA setting, greyed out once enforcement has reached the org (contract H4.5).

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use axum::{Extension, Router};
use http::StatusCode;
use vestibule_model::PageName;

use super::{Org, dispatcher, page, paths};
use crate::http::routing::{get, post};
use crate::http::{Form, RequestContext};
use crate::policy::{MfaSetting, mfa_setting};
use crate::realm::{HostRole, OrgSession};

/// The page.
pub(super) fn routes() -> Router {
    Router::new().route(paths::IDENTITY_VERIFICATION, get(show).merge(post(save)))
}

async fn show(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    let session = match admin(&org, &request) {
        Ok(session) => session,
        Err(response) => return *response,
    };
    if request.host == HostRole::MyDomain {
        let url = org.realm.hosts.url(&request.host, &request.path);
        return dispatcher::redirect_with_session(&org, &request, &session.sid, &org.return_url(&url));
    }
    answer(&org, &request, None)
}

async fn save(Extension(org): Extension<Arc<Org>>, request: RequestContext, Form { fields, .. }: Form) -> Response {
    if let Err(response) = admin(&org, &request) {
        return *response;
    }
    if !setting(&org).can_be_changed {
        return page::refuse(&org, &request, StatusCode::FORBIDDEN, GREYED_OUT);
    }
    org.realm.set_mfa_setting(fields.has("mfa"));
    answer(&org, &request, Some("Your settings were saved."))
}

/// The session of an admin.
fn admin(org: &Org, request: &RequestContext) -> Result<OrgSession, Box<Response>> {
    let session = dispatcher::require_session(org, request)?;
    if org.realm.users.get(&session.user).is_some_and(|user| user.spec.is_administrator()) {
        return Ok(session);
    }
    Err(Box::new(page::refuse(org, request, StatusCode::FORBIDDEN, INSUFFICIENT)))
}

fn setting(org: &Org) -> MfaSetting {
    mfa_setting(&org.realm.rulebook, &org.realm.org_facts(), org.realm.date())
}

fn answer(org: &Org, request: &RequestContext, said: Option<&'static str>) -> Response {
    let MfaSetting { active, can_be_changed } = setting(org);
    let template = SettingTemplate { page: PageName::IdentityVerification, active, can_be_changed, said };
    page::show(org, request, PageName::IdentityVerification, &template)
}

#[derive(Template)]
#[template(path = "org/identity_verification.html")]
struct SettingTemplate {
    page: PageName,
    active: bool,
    can_be_changed: bool,
    /// What came of the last click.
    said: Option<&'static str>,
}

const GREYED_OUT: &str = "the org-wide MFA setting is active and can no longer be changed";
const INSUFFICIENT: &str = "Insufficient Privileges: only an administrator sees \"Identity Verification\"";
