//! The dispatcher: after every step of a login it decides what comes next.
//!
//! ```text
//! begin, on_page, on_form  ->  dispatch  <->  next_step   asks the rules: verify, enrol, activate, finalize, block
//!                                        <->  finalize    the pages between, then the open session
//!                                        ->   the answer  a page, a redirect, a refusal
//! ```
//!
//! A step of a login, in a page or in this module, returns a [`Next`] and calls no other step. [`access`] decides who
//! may see a page that needs a session, and `step_up` who verifies again before a report.

mod access;
mod dispatch;
mod finalize;
mod login;
mod next_step;
mod refusal;
mod session;
mod step_up;

use axum::Router;

pub(crate) use access::{api_user, redirect_signed_in, refuse_level, require_session, user_of};
pub(crate) use dispatch::{begin, begin_registration, begin_step_up, is_of_browser, on_form, on_page, resume};
pub(crate) use login::{Login, Next};
pub(crate) use next_step::{decide_once, send_code, turn_away};
pub(crate) use refusal::{BAD_CREDENTIALS, Refusal, record as record_refusal, refuse, words_of};
pub(crate) use session::{login_page_url, redirect_with_session};

use super::paths;
use crate::http::routing::{get, post};

/// The dispatcher's own paths.
pub(super) fn routes() -> Router {
    Router::new()
        .route(paths::START, get(dispatch::start).merge(post(dispatch::start)))
        .route(paths::CHALLENGE, get(dispatch::start))
        .route(paths::CONTENT_DOOR, get(session::content_door))
}
