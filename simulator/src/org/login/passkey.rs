//! The second page offers the passkey to a user who has one, if the org allows passwordless login (contract B1.7, B1.8,
//! B1.12).

use axum::response::Response;
use webauthn_rs::prelude::PublicKeyCredential;

use super::ceremony;
use super::form::{Filled, Shape, show};
use super::posted::Posted;
use crate::http::RequestContext;
use crate::org::attempt::{LoginAttempt, login_type};
use crate::org::dispatcher::{BAD_CREDENTIALS, Refusal, record_refusal};
use crate::org::passkeys::PasskeyError;
use crate::org::{Org, passkeys};
use crate::realm::{Event, VerificationResult};
use vestibule_model::{LoginKind, LoginStatus};

/// The page that offers the passkey; `None` if the org does not allow it or the user has no passkey.
pub(super) fn offer(org: &Org, request: &RequestContext, form: &Posted<'_>) -> Option<Response> {
    let ceremony = Some(ceremony::start(org, form.username)?);
    Some(show(org, request, Shape::Passkey, Filled { ceremony, ..form.filled(None) }))
}

/// Handles the passkey's answer.
pub(super) fn answer(
    org: &Org,
    request: &RequestContext,
    form: &Posted<'_>,
    token: &str,
    credential: &str,
) -> Response {
    let waiting = org.passwordless.take(token, org.now());
    let Some((key, state)) = waiting else {
        return form.again(org, request, BAD_CREDENTIALS);
    };
    let credential = serde_json::from_str::<PublicKeyCredential>(credential).ok();
    let answered = credential.map(|credential| passkeys::finish_verification(&org.realm, &key, &state, &credential));
    match answered {
        Some(Ok(method)) => {
            let result = VerificationResult::Accepted;
            org.realm.record(Event::VerificationChecked { user: key.clone(), method, result });
            let mut attempt = LoginAttempt::new(&key, LoginKind::Passwordless, login_type::PASSWORDLESS, &request.host);
            attempt.verified_with = Some(method);
            form.begin(org, request, attempt)
        }
        refused => {
            let locked = matches!(refused, Some(Err(PasskeyError::LockedOut)));
            let refusal = Refusal {
                user: Some(&key),
                login_type: login_type::PASSWORDLESS,
                status: if locked { LoginStatus::PasswordLockout } else { LoginStatus::InvalidPassword },
                why: BAD_CREDENTIALS,
                auth_method_reference: None,
            };
            record_refusal(org, request, &refusal);
            form.again(org, request, BAD_CREDENTIALS)
        }
    }
}
