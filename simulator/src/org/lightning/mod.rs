//! A stub of the Lightning home page with the markers that suites wait for (contract A6.2, A6.5 to A6.8, M1.15).

mod home;

pub(super) use home::shell;

use axum::Router;

use super::paths;
use crate::http::routing::get;

/// The pages of the Lightning and Setup hosts, and the classic home page.
pub(super) fn routes() -> Router {
    let mut router = Router::new();
    for path in paths::HOMES.into_iter().chain(home::SETUP) {
        router = router.route(path, get(home::page));
    }
    router
}
