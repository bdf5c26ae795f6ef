//! What stands on a page, as text: for people who cannot see the picture.

use super::error::BrowserError;
use super::session::WebDriverSession;

impl WebDriverSession {
    /// The outline of the open page in document order: title, headings, fields with their labels, buttons, links,
    /// messages. Never what was typed.
    ///
    /// # Errors
    ///
    /// When the page cannot be read, or the session is lost.
    pub async fn outline(&self) -> Result<Vec<String>, BrowserError> {
        let lines = self.read("read the outline", OUTLINE).await?;
        serde_json::from_value(lines)
            .map_err(|error| BrowserError::Refused { command: "read the outline", reason: error.to_string() })
    }
}

const OUTLINE: &str = include_str!("outline.js");
