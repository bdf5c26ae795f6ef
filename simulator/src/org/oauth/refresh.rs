//! Exchanges a refresh token, with or without rotation (contract F1.6).

use std::sync::Arc;

use super::admission::of_grant;
use super::client::Client;
use super::error::OauthError;
use super::issue::{Answer, Authorization, next};
use super::parameters::Parameters;
use super::revoke;
use crate::http::RequestContext;
use crate::org::Org;
use crate::policy::app_controls;
use crate::realm::App;

/// Exchanges a refresh token. Where tokens rotate, it is used up and another comes with the answer; a token that is used up
/// and comes again is taken for stolen, and its whole grant ends.
pub(super) async fn exchange(
    org: &Arc<Org>,
    request: &RequestContext,
    parameters: &Parameters<'_>,
) -> Result<Answer, OauthError> {
    let client = Client::of(org, request, parameters)?;
    let app = client.app;
    client.check_secret(app.spec.secret_required)?;
    let token = parameters.text("refresh_token");
    let expired = |why: &str| OauthError::invalid_grant("expired access/refresh token", why).of_app(app);
    let now = org.now();
    let known = org.realm.grants.of_refresh_token(token, now);
    let (number, grant) = known.ok_or_else(|| expired("the refresh token is unknown, or was revoked"))?;
    if grant.app != app.name {
        return Err(expired("the refresh token was issued to another app").of_user(&grant.user));
    }
    let user = of_grant(org, request, app, &grant.user)?;
    let rotates = rotates(org, app);
    if rotates && !org.realm.grants.use_up(token, now) {
        revoke::end(org, token);
        let why = "the refresh token was used before, so that everything that came of the authorization is revoked";
        return Err(expired(why).of_user(&grant.user));
    }
    let authorization =
        Authorization { app, user: &user, flow: grant.flow, scopes: &grant.scopes, level: grant.level, nonce: None };
    next(org, request, &authorization, &number, rotates).await
}

fn rotates(org: &Org, app: &App) -> bool {
    let by_the_rules = || app_controls(&org.realm.rulebook, org.realm.date()).refresh_token_rotation;
    app.spec.refresh_token_rotation.unwrap_or_else(by_the_rules)
}
