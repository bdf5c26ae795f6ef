//! How a page behaves in a browser as `org.pages` sets it: late, with a form that is made anew, with a click that is lost
//! (contract B1.10, B1.14).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Path;
use axum::response::Response;
use axum::{Extension, Router};
use http::StatusCode;
use vestibule_model::{PageName, PageSettings};

use super::{Org, paths};
use crate::http::routing::post;
use crate::realm::Event;

/// What the script of a page tells of itself.
pub(super) fn routes() -> Router {
    Router::new().route(&format!("{}/{{page}}/{{what}}", paths::PAGE_BEHAVIOUR), post(told))
}

/// The page with the script that does what its settings say, if they say anything.
pub(super) fn with_script(text: String, page: PageName, settings: &PageSettings) -> String {
    if !settings.in_browser() {
        return text;
    }
    let after = settings.re_render_after.map(|after| format!(" data-re-render-after=\"{}\"", after.as_millis()));
    let swallow = if settings.swallow_click { " data-swallow-click=\"true\"" } else { "" };
    let script = format!(
        "<script src=\"{}\" data-page=\"{page}\"{}{swallow} defer></script>",
        paths::PAGE_SCRIPT,
        after.unwrap_or_default(),
    );
    text.replacen(HEAD_END, &format!("{script}\n{HEAD_END}"), 1)
}

/// The answer that the browser gets after this time; the page counts as served only then.
pub(super) fn held_back(mut response: Response, delay: Duration, served: Event) -> Response {
    response.extensions_mut().insert(HeldBack { delay, served });
    response
}

/// Holds back the answers that are to come late.
pub(super) async fn in_due_time(org: &Org, mut response: Response) -> Response {
    if let Some(HeldBack { delay, served }) = response.extensions_mut().remove() {
        tokio::time::sleep(delay).await;
        org.realm.record(served);
    }
    response
}

/// An answer that is to come late.
#[derive(Clone)]
struct HeldBack {
    delay: Duration,
    served: Event,
}

async fn told(Extension(org): Extension<Arc<Org>>, Path((page, what)): Path<(PageName, String)>) -> StatusCode {
    let settings = org.settings().page(page);
    let event = match what.as_str() {
        "form-rendered-anew" if settings.re_render_after.is_some() => Event::FormRenderedAnew { page },
        "click-lost" if settings.swallow_click => Event::ClickLost { page },
        _ => return StatusCode::NOT_FOUND,
    };
    org.realm.record(event);
    StatusCode::NO_CONTENT
}

/// Every page of the org has it once (`base.html`).
const HEAD_END: &str = "</head>";
