//! Reads the page, and waits until it is the wanted one.

use std::time::Duration;

use serde_json::Value;

use super::WebDriverSession;
use crate::browser::error::BrowserError;
use crate::browser::page::{OUTLINE, PageOutline, PageState, Waited};

/// A document as it stands.
#[derive(Debug)]
pub(crate) struct Document {
    /// Its address.
    pub(crate) url: String,
    /// The status of the response that it came with; 0 if the browser does not tell.
    pub(crate) status: u16,
    /// The HTML of what it has become.
    pub(crate) html: String,
}

impl WebDriverSession {
    /// The whole document, at this moment.
    ///
    /// # Errors
    ///
    /// If the session is lost.
    pub(crate) async fn document(&self) -> Result<Document, BrowserError> {
        let read = self.read("read the document", WHOLE_DOCUMENT).await?;
        let text = |name: &str| read[name].as_str().unwrap_or_default().to_owned();
        let status = read["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        Ok(Document { url: text("url"), status: status.unwrap_or(0), html: text("html") })
    }

    /// How the open page is built. `None` if it is no longer this page.
    ///
    /// # Errors
    ///
    /// If the session is lost.
    pub(crate) async fn outline(&self, page: &PageState) -> Result<Option<PageOutline>, BrowserError> {
        let command = "read the structure of the page";
        let read = match self.read(command, OUTLINE).await {
            Ok(read) => read,
            Err(BrowserError::Navigating { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let outline: PageOutline = serde_json::from_value(read)
            .map_err(|error| BrowserError::Refused { command, reason: error.to_string() })?;
        Ok(Some(outline).filter(|outline| outline.document == page.document()))
    }

    /// Reads the page once it is loaded.
    ///
    /// # Errors
    ///
    /// If the session is lost.
    pub(crate) async fn page(&self) -> Result<PageState, BrowserError> {
        self.backend.settled().await?;
        for _ in 0..MAX_READS {
            if let Some(page) = self.next_page(None).await? {
                return Ok(page);
            }
            tokio::time::sleep(FIRST_POLL_INTERVAL).await;
        }
        Err(BrowserError::Refused { command: READ_PAGE, reason: "the page kept changing".to_owned() })
    }

    /// Reads the page until it is loaded and the predicate holds, or the time runs out. A timeout is not an error: it
    /// returns the page that the browser was on.
    ///
    /// # Errors
    ///
    /// If the session is lost.
    pub(crate) async fn wait_for(
        &self,
        limit: Duration,
        predicate: impl FnMut(&PageState) -> bool,
    ) -> Result<Waited, BrowserError> {
        self.wait_after(None, limit, predicate).await
    }

    /// As [`Self::wait_for`], for a page that is known not to match yet.
    ///
    /// # Errors
    ///
    /// If the session is lost.
    pub(crate) async fn wait_for_change(
        &self,
        known: &PageState,
        limit: Duration,
        predicate: impl FnMut(&PageState) -> bool,
    ) -> Result<Waited, BrowserError> {
        self.wait_after(Some(known.clone()), limit, predicate).await
    }

    async fn wait_after(
        &self,
        mut last: Option<PageState>,
        limit: Duration,
        mut predicate: impl FnMut(&PageState) -> bool,
    ) -> Result<Waited, BrowserError> {
        let look = async {
            let mut pause = FIRST_POLL_INTERVAL;
            loop {
                if let Some(page) = self.next_page(last.as_ref()).await? {
                    if page.complete() && predicate(&page) {
                        return Ok(page);
                    }
                    last = Some(page);
                }
                if !self.backend.sees_changes() {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LAST_POLL_INTERVAL);
                }
            }
        };
        match tokio::time::timeout(limit, look).await {
            Ok(page) => page.map(Waited::Reached),
            Err(_) => match last {
                Some(page) => Ok(Waited::TimedOut(page)),
                None => self.page().await.map(Waited::TimedOut),
            },
        }
    }

    /// The page after it has changed from the known one, or after a while. `None` while the browser is between two
    /// documents.
    async fn next_page(&self, known: Option<&PageState>) -> Result<Option<PageState>, BrowserError> {
        let copied = self.recorder.lock().known();
        let reading = self.backend.read(known.map(PageState::document), copied.as_deref()).await?;
        let Some(mut reading) = reading else {
            tokio::time::sleep(COMMIT_POLL_INTERVAL).await;
            return Ok(None);
        };
        let copy = reading.get_mut("copy").map(Value::take).unwrap_or_default();
        let page = PageState::read(reading)
            .map_err(|error| BrowserError::Refused { command: READ_PAGE, reason: error.to_string() })?;
        if let Some(html) = copy.as_str() {
            self.recorder.lock().keep(page.document(), page.name.to_string(), html.to_owned());
        }
        Ok(Some(page))
    }
}

const READ_PAGE: &str = "read the page";
/// Function body. The status is of Navigation Timing Level 2.
const WHOLE_DOCUMENT: &str = "const root = document.documentElement;
const [navigation] = performance.getEntriesByType('navigation');
return { url: location.href, status: navigation?.responseStatus ?? 0, html: root === null ? '' : root.outerHTML };";
/// How long a navigation is given to commit before the page is read again.
const COMMIT_POLL_INTERVAL: Duration = Duration::from_millis(2);
const FIRST_POLL_INTERVAL: Duration = Duration::from_millis(15);
const LAST_POLL_INTERVAL: Duration = Duration::from_millis(100);
const MAX_READS: u32 = 100;
