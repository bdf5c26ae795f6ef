//! Issues tokens for the user whom an app names in an assertion that it signs, without a page: the user or an admin has approved
//! the app before.

use std::sync::Arc;

use super::admission::{decide_for, refusal, without_page};
use super::error::OauthError;
use super::issue::{Answer, Authorization, first};
use crate::http::RequestContext;
use crate::org::Org;
use crate::policy::AppDecision;
use crate::realm::App;
use vestibule_model::OauthFlow;

/// There is no refresh token: the app signs again. simple-salesforce compares the text of the refusal (contract F3.1).
pub(super) async fn issue_for(
    org: &Arc<Org>,
    request: &RequestContext,
    app: &App,
    username: &str,
    flow: OauthFlow,
) -> Result<Answer, OauthError> {
    let not_approved = |why: &str| OauthError::invalid_grant("user hasn't approved this consumer", why).of_app(app);
    let user = org.realm.users.by_username(username);
    let user = user.ok_or_else(|| not_approved("the assertion names no username of this org"))?;
    match decide_for(org, app, &user, flow) {
        AppDecision::Granted => {}
        AppDecision::Refused(reason) => return Err(refusal(app, &user.key, reason)),
        AppDecision::AsksUser => {
            return Err(not_approved("neither the user nor an admin has approved the app").of_user(&user.key));
        }
    }
    let level = without_page(org, request, app, &user, flow)?;
    let authorization = Authorization { app, user: &user, flow, scopes: &app.spec.scopes, level, nonce: None };
    first(org, request, &authorization, false).await
}
