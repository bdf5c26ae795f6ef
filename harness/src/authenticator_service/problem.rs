//! Why a request got no answer, as JSON: what was read, what is valid, what to do.

use http::StatusCode;
use http::header::{ALLOW, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use serde_json::{Value, json};
use vestibule_model::with_causes;

use crate::authenticator::AuthenticatorError;
use crate::vault::VaultError;

/// Why a request got no answer.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    /// A stable name; for a ceremony, that of the DOM exception which a browser would raise.
    error: &'static str,
    message: String,
    fix: Option<String>,
    /// A header that belongs to the status.
    pub(super) header: Option<(HeaderName, String)>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, error: &'static str, message: impl Into<String>) -> Self {
        Self { status, error, message: message.into(), fix: None, header: None }
    }

    /// A listener's guard refused the request.
    pub(super) fn refused(why: &impl ToString) -> Self {
        Self::new(StatusCode::FORBIDDEN, "refused", why.to_string())
    }

    /// There is no token, or another one.
    pub(super) fn unauthorized(given: bool) -> Self {
        let message = if given { "the token is not that of this authenticator" } else { "the request has no token" };
        Self {
            header: Some((WWW_AUTHENTICATE, "Bearer".to_owned())),
            ..Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
                .fix("send `Authorization: Bearer TOKEN` with the token that `vestibule authenticator` printed")
        }
    }

    pub(super) fn unknown_path(path: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown-path", format!("there is no `{path}` here"))
            .fix("ask for GET /accounts, POST /totp, POST /webauthn/create or POST /webauthn/get")
    }

    pub(super) fn wrong_method(method: &str, path: &str, allowed: &'static str) -> Self {
        Self {
            header: Some((ALLOW, allowed.to_owned())),
            ..Self::new(StatusCode::METHOD_NOT_ALLOWED, "wrong-method", format!("`{path}` does not answer {method}"))
                .fix(format!("send {allowed} {path}"))
        }
    }

    pub(super) fn bad_body(why: impl Into<String>, valid: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", why).fix(format!("send {valid}"))
    }

    /// Every code that may be given now was given.
    pub(super) fn no_fresh_code(seconds: u64) -> Self {
        let message = format!("the next code that nobody was given is there in {seconds} s");
        Self {
            header: Some((RETRY_AFTER, seconds.to_string())),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "no-fresh-code", message)
                .fix("ask again then, or send `\"wait\": true`")
        }
    }

    pub(super) fn broken(what: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "broken", what)
    }

    pub(super) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// The body. Nothing in it is a secret.
    pub(super) fn json(&self) -> Value {
        json!({ "error": self.error, "message": self.message, "fix": self.fix })
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        let (status, name) = match &error {
            VaultError::NotAHost(_) => (StatusCode::BAD_REQUEST, "not-a-host"),
            VaultError::UnknownHost { .. } => (StatusCode::FORBIDDEN, "unknown-host"),
            VaultError::UnknownUser { .. } => (StatusCode::NOT_FOUND, "unknown-user"),
            VaultError::Ambiguous { .. } => (StatusCode::CONFLICT, "ambiguous-user"),
            VaultError::NoTotp(_) => (StatusCode::NOT_FOUND, "no-totp"),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "vault"),
        };
        let fix = error.remedy();
        Self { fix, ..Self::new(status, name, format!("failed to {}", with_causes(&error))) }
    }
}

impl From<AuthenticatorError> for Problem {
    fn from(error: AuthenticatorError) -> Self {
        let fix = match &error {
            AuthenticatorError::RelyingParty(_) => Some("send the origin of the page that asks, and its RP ID"),
            AuthenticatorError::Algorithm => {
                Some("ask for ES256 (-7), RS256 (-257) or EdDSA (-8), and start without another `--algorithm`")
            }
            AuthenticatorError::Excluded => Some("sign in with the passkey that is there: POST /webauthn/get"),
            AuthenticatorError::NoCredential { .. } => {
                Some("create a passkey with POST /webauthn/create, or import it with `vestibule vault import`")
            }
            AuthenticatorError::NoCounter => Some("sign in with the passkey once without the fault"),
            AuthenticatorError::NotAllowed(_) => Some("leave out the fault"),
            AuthenticatorError::Backend(_) => None,
        };
        let status = match &error {
            AuthenticatorError::Backend(_) => StatusCode::INTERNAL_SERVER_ERROR,
            AuthenticatorError::RelyingParty(_) => StatusCode::FORBIDDEN,
            _ => StatusCode::CONFLICT,
        };
        let message = format!("failed to {}", with_causes(&error));
        Self { fix: fix.map(str::to_owned), ..Self::new(status, error.dom_exception(), message) }
    }
}
