//! What separates one case from the next in a reused browser.

use super::error::BrowserError;
use super::session::WebDriverSession;

/// What separates one case from the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Isolation {
    /// A browser process of its own for each case.
    Session,
    /// A user context of its own for each case, in one browser: as a new window of a private profile.
    Context,
    /// A reused session, made as new between two cases. The quickest: nothing is started.
    #[default]
    Reset,
}

impl WebDriverSession {
    /// Leaves one empty tab in a user context of its own, which shares nothing with what was open before.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Refused`] where the browser was not started here; else when the session is lost.
    pub async fn fresh_context(&self) -> Result<(), BrowserError> {
        let command = "make a user context";
        let tab = self.tab.as_ref().ok_or_else(|| BrowserError::Refused {
            command,
            reason: "a browser behind a WebDriver URL has one context only".to_owned(),
        })?;
        // Authenticators end with the tab that they were added to.
        self.authenticators.lock().clear();
        drop(self.take_copies());
        self.bounded(command, tab.fresh_context()).await
    }
}
