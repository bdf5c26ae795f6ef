//! Pictures of a page without the secrets on it, and the page as text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

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
        let picture = self.cdp("Page.captureScreenshot", small_picture()).await;
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
        let tree = self.cdp("Page.getFrameTree", json!({})).await?;
        let frame = &tree["frameTree"]["frame"]["id"];
        let mut pictures = Vec::new();
        for copy in copies {
            self.cdp("Page.setDocumentContent", json!({ "frameId": frame, "html": copy.html() })).await?;
            self.read("mask secrets", &mask()).await?;
            pictures.push(picture_of(&self.cdp("Page.captureScreenshot", small_picture()).await?)?);
        }
        Ok(pictures)
    }
}

/// Half the size, and a quality at which text can be read: about 4 kB.
fn small_picture() -> Value {
    let clip = json!({ "x": 0, "y": 0, "width": 1280, "height": 640, "scale": 0.5 });
    json!({ "format": "webp", "quality": 40, "optimizeForSpeed": true, "clip": clip })
}

fn picture_of(answer: &Value) -> Result<String, BrowserError> {
    let data = answer["data"].as_str().filter(|data| STANDARD.decode(data).is_ok());
    let missing =
        || BrowserError::Refused { command: "take a screenshot", reason: "the answer has no picture".to_owned() };
    data.map(str::to_owned).ok_or_else(missing)
}
