//! The passkey enrolment gate, and a standard user's way from there to an authenticator app (contract C5.1 to C5.7).

mod add_passkey;
mod choose;
mod totp_app;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::{Org, paths};

/// The enrolment pages.
pub(super) fn routes() -> Router<Arc<Org>> {
    Router::new()
        .route(paths::ADD_PASSKEY, get(add_passkey::page).post(add_passkey::answer))
        .route(paths::ADD_OTHER, get(choose::page).post(choose::answer))
        .route(paths::ADD_TOTP, get(totp_app::page).post(totp_app::answer))
}
