//! The browser of one worker: opened when it is first needed, reset between cases, replaced if it broke.

use super::error::Broken;
use super::run_context::RunContext;
use crate::browser::{BrowserError, Isolation, WebDriverSession};

/// A worker's browser. A worker holds one for the whole run.
#[derive(Debug, Default)]
pub(super) struct PooledBrowser {
    /// The browser as the last case left it.
    used: Option<WebDriverSession>,
}

impl PooledBrowser {
    /// A browser without any trace of an earlier case. A lost browser is replaced.
    ///
    /// The pool is empty until the browser is put back: a browser that is dropped with an abandoned case is never used
    /// again.
    ///
    /// # Errors
    ///
    /// If no browser can be opened, or it does not support this isolation.
    pub(super) async fn take(&mut self, run: &RunContext, isolation: Isolation) -> Result<WebDriverSession, Broken> {
        let used = self.used.take();
        if isolation == Isolation::Session {
            if let Some(used) = used {
                // A browser that can no longer be closed ends with its driver.
                let _closed = used.close().await;
            }
            return run.session().await;
        }
        if let Some(used) = used
            && separate(&used, isolation).await.is_ok()
        {
            return Ok(used);
        }
        run.session().await
    }

    /// Takes the browser back after a case that did not break it.
    pub(super) fn put_back(&mut self, session: WebDriverSession) {
        self.used = Some(session);
    }

    /// Ends the browser.
    pub(super) async fn close(self) {
        if let Some(session) = self.used {
            // A browser that can no longer be closed ends with its driver.
            let _closed = session.close().await;
        }
    }
}

async fn separate(session: &WebDriverSession, isolation: Isolation) -> Result<(), BrowserError> {
    match isolation {
        Isolation::Context => session.fresh_context().await,
        Isolation::Reset | Isolation::Session => session.reset().await,
    }
}
