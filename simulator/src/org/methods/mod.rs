//! The pages on which a registered method is answered (contract C1.2 to C1.6).

mod choose;
mod code;
mod email;
mod frame;
mod passkey;
mod push;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

pub(super) use frame::{Frame, with_flow, with_form};

use super::{Org, paths};

/// The verification pages.
pub(super) fn routes() -> Router<Arc<Org>> {
    Router::new()
        .route(paths::TOTP, get(code::page).post(code::answer))
        .route(paths::PASSKEY, get(passkey::page).post(passkey::answer))
        .route(paths::PUSH, get(push::page))
        .route(paths::EMAIL, get(email::page).post(email::answer))
        .route(paths::EMAIL_RESEND, get(email::resend))
        .route(paths::CHOOSE_VERIFIER, get(choose::page).post(choose::answer))
}
