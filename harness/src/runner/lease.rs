//! The browser of one worker: obtained when it is first needed, made clean between cases, replaced when it broke.

use super::error::RunError;
use super::workshop::Workshop;
use crate::browser::WebDriverSession;

/// A worker's browser. A worker holds one lease for the whole run.
#[derive(Debug, Default)]
pub(super) struct Lease {
    /// The browser as the last case left it.
    used: Option<WebDriverSession>,
}

impl Lease {
    /// A browser in which nothing of an earlier case is left: the used one made clean, else a new one.
    ///
    /// The lease is empty until the browser is put back: one that is dropped with a case given up is never used again.
    ///
    /// # Errors
    ///
    /// When no browser can be opened.
    pub(super) async fn take(&mut self, workshop: &Workshop) -> Result<WebDriverSession, RunError> {
        if let Some(used) = self.used.take()
            && used.reset().await.is_ok()
        {
            return Ok(used);
        }
        workshop.session().await
    }

    /// Takes the browser back after a case that did not break it.
    pub(super) fn put_back(&mut self, session: WebDriverSession) {
        self.used = Some(session);
    }

    /// Ends the browser.
    pub(super) async fn close(self) {
        if let Some(session) = self.used {
            // A browser that cannot be closed any more is ended with its driver.
            let _closed = session.close().await;
        }
    }
}
