//! The username-password flow, until it ends (contract F2.2).

use std::sync::Arc;

use openssl::memcmp;

use super::admission::{decide_for, record_row, refusal, without_page};
use super::client::Client;
use super::error::OauthError;
use super::issue::{Answer, Authorization, first};
use super::parameters::Parameters;
use super::scopes;
use crate::http::RequestContext;
use crate::org::{Org, lockout};
use crate::policy::AppDecision;
use crate::realm::{App, Event, User};
use vestibule_model::{LoginStatus, OauthFlow};

/// There is no refresh token: the app has the password. Every refusal has the same text.
pub(super) async fn exchange(
    org: &Arc<Org>,
    request: &RequestContext,
    parameters: &Parameters<'_>,
) -> Result<Answer, OauthError> {
    let client = Client::of(org, request, parameters)?;
    let app = client.app;
    client.check_secret(true)?;
    let failure = |why: &str| OauthError::invalid_grant("authentication failure", why).of_app(app);
    if !org.settings().oauth.username_password {
        return Err(failure("the org does not allow username-password flows (`oauth.username-password`)"));
    }
    let scopes = scopes::asked(app, parameters)?;
    let found = org.realm.users.by_username(parameters.text("username"));
    let right = found.as_ref().is_some_and(|user| is_right(user, parameters.text("password")));
    let key = found.as_ref().map(|user| user.key.clone());
    org.realm.record(Event::PasswordChecked { user: key, accepted: right });
    let Some(user) = found else {
        return Err(wrong_password(org, request, app, None));
    };
    if lockout::is_locked(org, &user) {
        record_row(org, request, app, Some(&user.key), LoginStatus::PasswordLockout);
        return Err(failure("the user is locked out").of_user(&user.key));
    }
    if !right {
        return Err(wrong_password(org, request, app, Some(&user.key)));
    }
    lockout::forgive_passwords(org, &user.key);
    if let AppDecision::Refused(reason) = decide_for(org, app, &user, OauthFlow::UsernamePassword) {
        return Err(refusal(app, &user.key, reason));
    }
    let level = without_page(org, request, app, &user, OauthFlow::UsernamePassword)?;
    let authorization =
        Authorization { app, user: &user, flow: OauthFlow::UsernamePassword, scopes: &scopes, level, nonce: None };
    first(org, request, &authorization, false).await
}

fn wrong_password(org: &Org, request: &RequestContext, app: &App, user: Option<&str>) -> OauthError {
    record_row(org, request, app, user, LoginStatus::InvalidPassword);
    let error = OauthError::invalid_grant("authentication failure", "the username or the password is wrong");
    let error = error.of_app(app);
    let Some(user) = user else { return error };
    lockout::count_bad_password(org, user);
    error.of_user(user)
}

fn is_right(user: &User, given: &str) -> bool {
    let password = user.password.reveal();
    password.len() == given.len() && memcmp::eq(password.as_bytes(), given.as_bytes())
}
