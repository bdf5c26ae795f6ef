//! A posted login form.

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::combined::is_combined;
use super::form::{EMPTY_PASSWORD, Shape, show};
use super::posted::Posted;
use super::{observe, passkey};
use crate::http::{Fields, RequestContext};
use crate::org::attempt::{LoginAttempt, login_type};
use crate::org::dispatcher::{BAD_CREDENTIALS, Refusal, record_refusal};
use crate::org::{Org, lockout, page, password};
use crate::realm::{Event, HostRole};
use vestibule_model::{LoginKind, LoginStatus};

/// Handles what a login page posted: a username, a password, or the answer of a passkey.
pub(super) fn submit(org: &Org, request: &RequestContext, fields: &Fields) -> Response {
    if matches!(request.host, HostRole::Lightning | HostRole::Setup) {
        return page::refuse(org, request, StatusCode::NOT_FOUND, "the login form must be posted to My Domain");
    }
    let form = Posted::read(fields);
    observe::record(org, request, fields, form.typed);
    if fields.has(REFUSED_BY_SCRIPT) {
        return StatusCode::NO_CONTENT.into_response();
    }
    if let Some(credential) = fields.get("credential").filter(|credential| !credential.is_empty()) {
        return passkey::answer(org, request, &form, fields.text("ceremony"), credential);
    }
    match fields.get("pw") {
        Some("") => form.again(org, request, EMPTY_PASSWORD),
        Some(password) => check(org, request, &form, password),
        None if is_combined(org, request) => form.again(org, request, EMPTY_PASSWORD),
        None if form.username.is_empty() => form.again(org, request, EMPTY_USERNAME),
        None if fields.has("usePassword") => show(org, request, Shape::Password, form.filled(None)),
        None => passkey::offer(org, request, &form)
            .unwrap_or_else(|| show(org, request, Shape::Password, form.filled(None))),
    }
}

fn check(org: &Org, request: &RequestContext, form: &Posted<'_>, typed: &str) -> Response {
    let user = org.realm.users.by_username(form.username);
    let accepted = user.as_ref().is_some_and(|user| password::is(&user.password, typed));
    let key = user.as_ref().map(|user| user.key.clone());
    org.realm.record(Event::PasswordChecked { user: key.clone(), accepted });

    match user {
        Some(user) if lockout::is_locked(org, &user) => {
            fail(org, request, form, Some(&user.key), LoginStatus::PasswordLockout)
        }
        Some(user) if accepted => {
            lockout::forgive_passwords(org, &user.key);
            let attempt = LoginAttempt::new(&user.key, LoginKind::PasswordUi, login_type::APPLICATION, &request.host);
            form.begin(org, request, attempt)
        }
        _ => {
            if let Some(key) = &key {
                lockout::count_bad_password(org, key);
            }
            fail(org, request, form, key.as_deref(), LoginStatus::InvalidPassword)
        }
    }
}

fn fail(org: &Org, request: &RequestContext, form: &Posted<'_>, user: Option<&str>, status: LoginStatus) -> Response {
    let refusal = Refusal {
        user,
        login_type: login_type::APPLICATION,
        status,
        why: BAD_CREDENTIALS,
        auth_method_reference: None,
    };
    record_refusal(org, request, &refusal);
    form.again(org, request, BAD_CREDENTIALS)
}

/// Inferred: no public suite shows the error for an empty username.
const EMPTY_USERNAME: &str = "Please enter your username.";
/// With this field the page of a combined login tells that its script did not send the form (contract A2.4). No real org has
/// it.
const REFUSED_BY_SCRIPT: &str = "vestibuleRefusedByScript";
