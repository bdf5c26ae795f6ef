//! What separates one case from the next in a reused browser.

use super::WebDriverSession;
use super::backend::Backend;
use crate::browser::error::BrowserError;
use crate::browser::isolation::Isolation;

impl WebDriverSession {
    /// Leaves one empty tab in a new user context, which shares nothing with what was open before.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Refused`] if the browser has one context only: a Chromium that was not started here, and a Firefox
    /// without WebDriver BiDi. Otherwise if the session is lost.
    pub async fn fresh_context(&self) -> Result<(), BrowserError> {
        let command = "make a user context";
        match &self.backend {
            Backend::Cdp(tab, bounds) => {
                self.forget_page();
                bounds.run(command, tab.fresh_context()).await
            }
            Backend::WebDriver(window) if window.has_bidi() => {
                self.remove_authenticators().await?;
                drop(self.take_copies());
                window.fresh_context().await
            }
            Backend::WebDriver(_) => {
                let reason = "a browser behind a WebDriver URL has one context only".to_owned();
                Err(BrowserError::Refused { command, reason })
            }
        }
    }

    /// Leaves one empty tab of a fresh browsing session: cookies, storage and cache of every host, `sessionStorage`,
    /// virtual authenticators, further windows and the history are gone. No command removes an HTTP authentication
    /// password: if one was given, a browser that was started here gets another user context, as a Firefox always does; a
    /// Chromium behind a WebDriver URL keeps the password.
    ///
    /// # Errors
    ///
    /// If the session is lost; the caller then opens a new one.
    pub async fn reset(&self) -> Result<(), BrowserError> {
        match &self.backend {
            Backend::Cdp(tab, _) if tab.knows_a_password() => self.fresh_context().await,
            Backend::Cdp(tab, bounds) => {
                self.forget_page();
                bounds.run("reset the browser", tab.reset()).await
            }
            Backend::WebDriver(window) if window.has_bidi() => self.fresh_context().await,
            Backend::WebDriver(window) => {
                let visited = window.visited_origins().await?;
                self.remove_authenticators().await?;
                drop(self.take_copies());
                window.reset(visited).await
            }
        }
    }

    /// Begins to make the tab of the next case, while nobody uses the browser. Everything that was planted before the next
    /// [`Self::reset`] or [`Self::fresh_context`] is gone all the same.
    pub fn make_next(&self, isolation: Isolation) {
        if let Backend::Cdp(tab, _) = &self.backend {
            tab.make_next(isolation);
        }
    }

    /// Authenticators end with the tab that they were added to.
    fn forget_page(&self) {
        self.authenticators.lock().clear();
        drop(self.take_copies());
    }

    async fn remove_authenticators(&self) -> Result<(), BrowserError> {
        let authenticators = std::mem::take(&mut *self.authenticators.lock());
        for id in &authenticators {
            match self.remove_authenticator(id).await {
                // In Chromium, authenticators end with the window that they were added to.
                Ok(()) | Err(BrowserError::Refused { .. } | BrowserError::Navigating { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
