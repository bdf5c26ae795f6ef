//! The one dispatcher: after every step of a login it asks the rules and decides which page comes next.
//!
//! - [`begin`] takes a login after its first proof (a right password, a verified SAML `Response` or ID token, a session
//!   id at the front door) and answers with whatever comes next.
//! - [`proved`] takes a login on after a verification or an enrolment.
//! - [`pass`] takes a login on past a page that stood between it and its destination.
//! - [`resume()`] leads a browser back to where its login stands.
//! - [`refuse`] ends a login that failed before the rules were asked.

mod advance;
mod attempt;
mod complete;
mod door;
mod interstitial;
mod refusal;
mod resume;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

pub(crate) use advance::{begin, complete_activation, proved, send_code};
pub(crate) use attempt::{LoginAttempt, login_type};
pub(crate) use complete::{arrive, login_page};
pub(crate) use door::{api_user, enter, enter_at_my_domain};
pub(crate) use interstitial::pass;
pub(crate) use refusal::{Refusal, record as record_refusal, refuse};
pub(crate) use resume::{current, go_to, resume, stale};

use super::{Org, paths};

/// The dispatcher's own paths.
pub(super) fn routes() -> Router<Arc<Org>> {
    Router::new()
        .route(paths::START, get(resume::start).post(resume::start))
        .route(complete::CONTENT_DOOR, get(complete::content_door))
}
