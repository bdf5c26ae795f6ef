//! The pages between a login that went well and its destination (contract C1.9, C1.10), one file for each with the rule by
//! which it is due. What comes after it, the dispatcher decides.
//!
//! To add one: its row in `vestibule_model::PageName`, its file here, its line in [`PAGES`], a template; what makes it due
//! is a field of `vestibule_model::UserSpec`.

mod password;
mod phone;

use std::sync::Arc;

use axum::Router;
use axum::routing::MethodRouter;

use super::Org;
use super::flow::Interstitial;

/// Makes the handlers of a page.
type Serve = fn() -> MethodRouter<Arc<Org>>;

/// Each page and what serves it, in the order in which they stand.
const PAGES: [(&Interstitial, Serve); 2] = [(&password::PAGE, password::serve), (&phone::PAGE, phone::serve)];

/// The pages, in the order in which they stand.
pub(super) fn in_order() -> Vec<&'static Interstitial> {
    PAGES.map(|(page, _)| page).to_vec()
}

pub(super) fn routes() -> Router<Arc<Org>> {
    PAGES.into_iter().fold(Router::new(), |router, (page, serve)| router.route(page.path, serve()))
}
