//! The browser of one worker: opened when it is first needed, reset between cases, replaced if it broke.

use super::error::Broken;
use super::run_context::RunContext;
use crate::browser::{BrowserError, Isolation, WebDriverSession};

/// A worker's browser. A worker holds one for the whole run.
#[derive(Debug, Default)]
pub(super) enum PooledBrowser {
    /// There is none: it is not opened yet, a case uses it, or it broke.
    #[default]
    None,
    /// The browser as the last case left it.
    Used(WebDriverSession),
    /// A browser without any trace of an earlier case.
    Ready(WebDriverSession),
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
        self.reset(isolation).await;
        match std::mem::take(self) {
            Self::Ready(session) => Ok(session),
            Self::None | Self::Used(_) => run.session().await,
        }
    }

    /// Removes every trace of the last case. The pool is empty if the browser is lost, or each case has its own.
    pub(super) async fn reset(&mut self, isolation: Isolation) {
        *self = match std::mem::take(self) {
            Self::Used(used) if isolation == Isolation::Session => {
                // A browser that can no longer be closed ends with its driver.
                let _closed = used.close().await;
                Self::None
            }
            Self::Used(used) => match separate(&used, isolation).await {
                Ok(()) => Self::Ready(used),
                Err(_) => Self::None,
            },
            other => other,
        };
    }

    /// Whether [`Self::take`] opens no browser.
    pub(super) fn is_ready(&self) -> bool {
        matches!(self, Self::Ready(_))
    }

    /// Whether [`Self::take`] cannot but open a browser.
    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Takes the browser back after a case that did not break it. It makes ready for the next one meanwhile.
    pub(super) fn put_back(&mut self, session: WebDriverSession, isolation: Isolation) {
        session.make_next(isolation);
        *self = Self::Used(session);
    }

    /// Ends the browser.
    pub(super) async fn close(self) {
        if let Self::Used(session) | Self::Ready(session) = self {
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
