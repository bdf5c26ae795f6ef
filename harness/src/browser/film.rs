//! What the browser showed, page by page, at no cost while a case runs.
//!
//! A picture of a page takes 50 to 100 ms, a login of five pages half a second: too much to spend on cases that pass,
//! and whether a case passes is known at its end. So each new document is copied as HTML by the very script that reads
//! it, and the copies are drawn after the case, where somebody will look at them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::error::BrowserError;
use super::page::{READ_AND_COPY, page_name};
use super::screenshot::{MASK, UNMASK};
use super::session::WebDriverSession;
use super::tab::LOADED;
use crate::stopwatch::Stopwatch;

/// A page as it was when it had loaded: markup without scripts, without what was typed and without secrets.
#[derive(Debug, Clone)]
pub struct PageCopy {
    /// When it was copied.
    seen: Stopwatch,
    /// Name of the page.
    pub page: String,
    html: String,
}

impl PageCopy {
    /// What [`copy_expression`] came to in a page that somebody else drives. `None` where it could not be copied.
    pub(crate) fn read(mut value: Value) -> Option<Self> {
        let html = value.get_mut("copy")?.take();
        Some(Self::new(page_name(value), html.as_str()?.to_owned()))
    }

    fn new(page: String, html: String) -> Self {
        Self { seen: Stopwatch::start(), page, html }
    }

    /// The markup.
    pub fn html(&self) -> &str {
        &self.html
    }

    /// How long ago it was copied.
    pub fn age(&self) -> Duration {
        self.seen.elapsed()
    }
}

/// The copies of one case.
#[derive(Debug)]
pub(super) struct Film {
    on: bool,
    /// The document that was copied last.
    document: String,
    copies: Vec<PageCopy>,
}

impl Film {
    /// Without a copy yet. One that is off gets none.
    pub(super) fn new(on: bool) -> Self {
        Self { on, document: String::new(), copies: Vec::new() }
    }

    /// The document that was copied last; `None` where nothing is to be copied.
    pub(super) fn known(&self) -> Option<String> {
        self.on.then(|| self.document.clone())
    }

    fn take(&mut self) -> Vec<PageCopy> {
        self.document.clear();
        std::mem::take(&mut self.copies)
    }
}

impl WebDriverSession {
    /// The pages since the last call or reset, oldest first, the last ones where there were more than 20.
    pub fn take_copies(&self) -> Vec<PageCopy> {
        self.film.lock().take()
    }

    /// A small picture of the open page, WebP in base64; secrets are blackened.
    ///
    /// # Errors
    ///
    /// When the browser takes no picture, or the session is lost.
    pub async fn small_picture(&self) -> Result<String, BrowserError> {
        self.read("mask secrets", MASK).await?;
        let picture = self.cdp("Page.captureScreenshot", small_picture()).await;
        self.read("unmask secrets", UNMASK).await?;
        picture_of(&picture?)
    }

    /// Draws copies as small pictures, WebP in base64. The open page is left for an empty one.
    ///
    /// # Errors
    ///
    /// When the browser draws no picture, or the session is lost.
    pub async fn draw(&self, copies: &[PageCopy]) -> Result<Vec<String>, BrowserError> {
        self.goto("about:blank").await?;
        let tree = self.cdp("Page.getFrameTree", json!({})).await?;
        let frame = &tree["frameTree"]["frame"]["id"];
        let mut pictures = Vec::new();
        for copy in copies {
            self.cdp("Page.setDocumentContent", json!({ "frameId": frame, "html": copy.html })).await?;
            self.read("mask secrets", MASK).await?;
            pictures.push(picture_of(&self.cdp("Page.captureScreenshot", small_picture()).await?)?);
        }
        Ok(pictures)
    }

    /// Keeps the copy that a reading brought along, where it is one of a new document.
    pub(super) fn keep_copy(&self, document: &str, page: String, html: String) {
        let mut film = self.film.lock();
        film.document = document.to_owned();
        if film.copies.len() >= MOST_COPIES {
            film.copies.remove(0);
        }
        film.copies.push(PageCopy::new(page, html));
    }
}

/// JavaScript for a promise of a copy of the page, made once it is loaded. It changes nothing there. A page that takes more
/// than a second is not copied.
pub(crate) fn copy_expression() -> String {
    let read = &*READ_AND_COPY;
    let second = "new Promise((resolve) => setTimeout(resolve, 1000))";
    format!("Promise.race([{LOADED}, {second}]).then(() => (function () {{ {read} }})(''))")
}

/// Half the size, and a quality at which text can be read: about 4 kB.
fn small_picture() -> Value {
    let clip = json!({ "x": 0, "y": 0, "width": 1280, "height": 640, "scale": 0.5 });
    json!({ "format": "webp", "quality": 40, "optimizeForSpeed": true, "clip": clip })
}

fn picture_of(answer: &Value) -> Result<String, BrowserError> {
    let data = answer["data"].as_str().filter(|data| STANDARD.decode(data).is_ok());
    let missing =
        || BrowserError::Refused { command: "take a screenshot", reason: "the answer holds no picture".to_owned() };
    data.map(str::to_owned).ok_or_else(missing)
}

/// The pages that are kept of one case.
const MOST_COPIES: usize = 20;
