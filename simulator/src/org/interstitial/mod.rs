//! The pages between a successful login and its destination (contract C1.9 to C1.11, C1.17). Each has its own file, with the
//! rule that decides when it is due. The dispatcher decides what comes next.
//!
//! To add one, write its row in `vestibule_model::PageName`, its file here, its line in [`PAGES`], a template, and the
//! field of `vestibule_model::UserSpec` that makes it due.

mod approval;
mod maintenance;
mod password;
mod phone;

use axum::Router;
use axum::routing::MethodRouter;

use super::flow::Interstitial;

pub(super) use password::{is_expired as password_is_expired, set as set_password};

/// Makes the handlers of a page.
type Serve = fn() -> MethodRouter;

/// Each page and its handlers, in the order in which the pages appear.
const PAGES: [(&Interstitial, Serve); 4] = [
    (&password::PAGE, password::serve),
    (&phone::PAGE, phone::serve),
    (&maintenance::PAGE, maintenance::serve),
    (&approval::PAGE, approval::serve),
];

/// The pages, in the order in which they appear.
pub(super) fn in_order() -> Vec<&'static Interstitial> {
    PAGES.map(|(page, _)| page).to_vec()
}

pub(super) fn routes() -> Router {
    PAGES.into_iter().fold(Router::new(), |router, (page, serve)| router.route(page.path, serve()))
}
