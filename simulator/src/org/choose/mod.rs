//! "Choose a Verification Method": another registered method (contract C3.7), or a method to register (contract C5.6).

mod enrolment;
mod verifier;

use axum::Router;

use super::paths;
use crate::http::Fields;
use crate::http::routing::{get, post};
use vestibule_model::VerificationMethod;

/// The two pages.
pub(super) fn routes() -> Router {
    Router::new()
        .route(paths::CHOOSE_VERIFIER, get(verifier::page).merge(post(verifier::answer)))
        .route(paths::ADD_OTHER, get(enrolment::page).merge(post(enrolment::answer)))
        .route(paths::ADD_OTHER_ONLY, get(enrolment::page).merge(post(enrolment::answer)))
}

/// The method that a form of these pages selects.
fn selected(fields: &Fields) -> Option<VerificationMethod> {
    VerificationMethod::labelled(fields.text("selectedMethod"))
}
