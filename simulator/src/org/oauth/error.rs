//! A refusal in the words of the vendor (contract F3.1, F3.2), and why, for the journal.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

use crate::http::{NOT_STORED, excerpt};
use crate::org::Org;
use crate::realm::{App, Event};

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OauthError {
    /// `error`.
    pub(super) error: &'static str,
    /// `error_description`.
    pub(super) description: &'static str,
    /// Why, as a sentence without a period.
    why: String,
    /// Name of the app, if known.
    app: Option<String>,
    /// Key of the user, if known.
    user: Option<String>,
}

impl OauthError {
    pub(super) fn new(error: &'static str, description: &'static str, why: impl Into<String>) -> Self {
        Self { error, description, why: why.into(), app: None, user: None }
    }

    /// `invalid_grant`: what the app brings is worth nothing (RFC 6749 5.2).
    pub(super) fn invalid_grant(description: &'static str, why: impl Into<String>) -> Self {
        Self::new("invalid_grant", description, why)
    }

    /// `invalid_request`: the call lacks something.
    pub(super) fn invalid_request(description: &'static str, why: impl Into<String>) -> Self {
        Self::new("invalid_request", description, why)
    }

    /// No app has this consumer key.
    pub(super) fn unknown_client() -> Self {
        Self::new(
            "invalid_client_id",
            "client identifier invalid",
            "no app of this org has the consumer key that was sent",
        )
    }

    /// Nobody is signed in where no page may be shown (OpenID Connect Core 1.0, 3.1.2.6).
    pub(super) fn login_required() -> Self {
        Self::new("login_required", "login required", "nobody is signed in, and the request allows no page")
    }

    /// With another `error`.
    pub(super) fn coded(self, error: &'static str) -> Self {
        Self { error, ..self }
    }

    /// With the app that is refused.
    pub(super) fn of_app(self, app: &App) -> Self {
        Self { app: Some(app.name.clone()), ..self }
    }

    /// With the user for whom the app asks.
    pub(super) fn of_user(self, user: &str) -> Self {
        Self { user: Some(user.to_owned()), ..self }
    }

    /// Puts the refusal into the journal.
    pub(super) fn record(&self, org: &Org) {
        org.realm.record(Event::OauthRefused {
            user: self.user.clone(),
            app: self.app.clone(),
            error: self.error.to_owned(),
            why: excerpt(&self.why),
        });
    }

    /// The answer of the token endpoint. The vendor answers each refusal with 400.
    pub(super) fn answer(&self, org: &Org) -> Response {
        self.record(org);
        let body = json!({ "error": self.error, "error_description": self.description });
        (StatusCode::BAD_REQUEST, NOT_STORED, Json(body)).into_response()
    }
}

/// `error_description` of a login that is refused without a reason (contract F3.1).
pub(super) const FAILURE: &str = "authentication failure";
