//! Pictures of a page without the secrets on it, and the page as text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::WebDriverSession;
use crate::browser::error::BrowserError;
use crate::browser::page::{DOM_TEXT, PageCopy, UNMASK, mask};

impl WebDriverSession {
    /// The open window as PNG. Blacks out the content of password and code fields, the TOTP key and its QR code for the
    /// picture, then restores the page.
    ///
    /// # Errors
    ///
    /// If the browser takes no picture, or the session is lost.
    pub(crate) async fn screenshot(&self) -> Result<Vec<u8>, BrowserError> {
        self.read("mask secrets", &mask()).await?;
        self.point_at_page().await?;
        let picture = self.webdriver.screenshot().await;
        self.read("unmask secrets", UNMASK).await?;
        picture
    }

    /// The page as text in document order, for people who cannot see the picture: title, headings, fields with their
    /// labels, buttons, links, messages; never typed text.
    ///
    /// # Errors
    ///
    /// If the page cannot be read, or the session is lost.
    pub(crate) async fn dom_text(&self) -> Result<Vec<String>, BrowserError> {
        let command = "read the page as text";
        let lines = self.read(command, DOM_TEXT).await?;
        serde_json::from_value(lines).map_err(|error| BrowserError::Refused { command, reason: error.to_string() })
    }

    /// The pages since the last call or reset, oldest first; of more than 20, the first ones and the newest.
    pub(crate) fn take_copies(&self) -> Vec<PageCopy> {
        self.recorder.lock().take()
    }

    /// A small picture of the open page, WebP in base64, with secrets blacked out.
    ///
    /// # Errors
    ///
    /// If the browser takes no picture, or the session is lost.
    pub(crate) async fn small_picture(&self) -> Result<String, BrowserError> {
        self.read("mask secrets", &mask()).await?;
        let picture = self.backend.small_picture().await;
        self.read("unmask secrets", UNMASK).await?;
        picture_of(&picture?)
    }

    /// Draws copies as small pictures, WebP in base64. Leaves the open page for an empty one.
    ///
    /// # Errors
    ///
    /// If the browser draws no picture, or the session is lost.
    pub(crate) async fn draw(&self, copies: &[PageCopy]) -> Result<Vec<String>, BrowserError> {
        self.goto("about:blank").await?;
        let mut pictures = Vec::new();
        for copy in copies {
            self.backend.set_document(copy.html()).await?;
            self.read("mask secrets", &mask()).await?;
            pictures.push(picture_of(&self.backend.small_picture().await?)?);
        }
        Ok(pictures)
    }
}

fn picture_of(picture: &Value) -> Result<String, BrowserError> {
    let data = picture.as_str().filter(|data| STANDARD.decode(data).is_ok());
    let missing =
        || BrowserError::Refused { command: "take a screenshot", reason: "the answer has no picture".to_owned() };
    data.map(str::to_owned).ok_or_else(missing)
}
