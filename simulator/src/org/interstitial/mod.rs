//! The pages between a login that went well and its destination (contract C1.9, C1.10): a password change, a phone registration.
//! Whether one is due, and what comes after it, is the gate's business.

mod password;
mod phone;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::{Org, paths};

/// The pages.
pub(super) fn routes() -> Router<Arc<Org>> {
    Router::new()
        .route(paths::CHANGE_PASSWORD, get(password::page).post(password::answer))
        .route(paths::ADD_PHONE, get(phone::page).post(phone::answer))
}
