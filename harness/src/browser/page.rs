//! The page that a browser stands on, read by one script that changes nothing.

use std::sync::LazyLock;
use std::time::Duration;

use serde_json::{Value, json};
use vestibule_model::PageName;

use super::contract::{self, Reading};
use super::error::BrowserError;
use super::session::WebDriverSession;

/// A page as it was read at one moment.
#[derive(Debug, Clone)]
pub struct PageState {
    /// Its name by the contract.
    pub name: PageName,
    reading: Reading,
}

/// How a wait ended.
#[derive(Debug, Clone)]
pub enum Waited {
    /// What was waited for is there.
    Reached(PageState),
    /// The time is over; the page that the browser stood on.
    TimedOut(PageState),
}

impl Waited {
    /// The last page, however the wait ended.
    pub fn into_page(self) -> PageState {
        match self {
            Self::Reached(page) | Self::TimedOut(page) => page,
        }
    }
}

impl PageState {
    /// The URL, with everything in its query: redact it before it is shown.
    pub fn url(&self) -> &str {
        &self.reading.url
    }

    /// The title.
    pub fn title(&self) -> &str {
        &self.reading.title
    }

    /// The visible text. Empty on the page that shows a TOTP key.
    pub fn text(&self) -> &str {
        if self.name == PageName::ConnectAuthenticatorApp { "" } else { &self.reading.text }
    }

    /// Text of the visible error box.
    pub fn error(&self) -> Option<&str> {
        self.reading.error.as_deref()
    }

    /// Whether a visible element has this id.
    pub fn shows(&self, id: &str) -> bool {
        self.reading.shown.contains(id)
    }

    /// Whether an element with this id is in the document, visible or not; a hidden field is none.
    pub fn has(&self, id: &str) -> bool {
        self.reading.ids.contains(id)
    }

    /// Whether a visible button or link contains this text, without regard to case.
    pub fn offers(&self, text: &str) -> bool {
        self.control(text).is_some()
    }

    /// The whole text of the first visible button or link that contains this one, without regard to case.
    pub fn control(&self, text: &str) -> Option<&str> {
        let wanted = text.to_lowercase();
        let controls = self.reading.controls.iter();
        controls.map(String::as_str).find(|control| control.to_lowercase().contains(&wanted))
    }

    /// The whole text of the first visible label that contains this text, without regard to case.
    pub fn choice(&self, text: &str) -> Option<&str> {
        let wanted = text.to_lowercase();
        let choices = self.reading.choices.iter();
        choices.map(String::as_str).find(|choice| choice.to_lowercase().contains(&wanted))
    }

    /// Whether the document is loaded.
    pub fn complete(&self) -> bool {
        self.reading.complete
    }

    /// Whether the page says that it is at work and will change by itself (WAI-ARIA 1.2, `aria-busy`).
    pub fn busy(&self) -> bool {
        self.reading.busy
    }

    /// Whether both readings are of one document: no navigation happened in between.
    pub fn same_document(&self, other: &Self) -> bool {
        self.reading.document == other.reading.document
    }

    /// The page by its name with its path: `verify-totp (/_ui/identity/…)`.
    pub fn described(&self) -> String {
        format!("`{}` ({})", self.name, self.reading.path)
    }

    /// The raw visible text, the TOTP key included.
    pub(crate) fn secret_text(&self) -> &str {
        &self.reading.text
    }

    fn of(reading: Reading) -> Self {
        Self { name: contract::name(&reading), reading }
    }
}

/// The name of the page of which this reading was returned.
pub(super) fn page_name(reading: serde_json::Value) -> String {
    let reading: Reading = serde_json::from_value(reading).unwrap_or_default();
    contract::name(&reading).to_string()
}

impl WebDriverSession {
    /// Reads the page once it is loaded.
    ///
    /// # Errors
    ///
    /// When the session is lost.
    pub async fn page(&self) -> Result<PageState, BrowserError> {
        if let Some(tab) = &self.tab {
            self.bounded(READ_PAGE, tab.rest()).await?;
        }
        for _ in 0..READS {
            if let Some(page) = self.next_page(None).await? {
                return Ok(page);
            }
            tokio::time::sleep(FIRST_POLL).await;
        }
        Err(BrowserError::Refused { command: READ_PAGE, reason: "the page never stood still".to_owned() })
    }

    /// Reads the page until it is loaded and the predicate holds, or the time is over. A timeout is no error: it says
    /// where the browser stood.
    ///
    /// # Errors
    ///
    /// When the session is lost.
    pub async fn wait_for(
        &self,
        limit: Duration,
        predicate: impl FnMut(&PageState) -> bool,
    ) -> Result<Waited, BrowserError> {
        self.wait_after(None, limit, predicate).await
    }

    /// As [`Self::wait_for`], for a page that is known not to fit yet.
    ///
    /// # Errors
    ///
    /// When the session is lost.
    pub async fn wait_for_change(
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
            let mut pause = FIRST_POLL;
            loop {
                if let Some(page) = self.next_page(last.as_ref()).await? {
                    if page.complete() && predicate(&page) {
                        return Ok(page);
                    }
                    last = Some(page);
                }
                // A tab of our own says by itself when the page changes.
                if self.tab.is_none() {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LAST_POLL);
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

    /// The page after it changed from the known one, or after a while. `None` while the browser is between two documents.
    async fn next_page(&self, known: Option<&PageState>) -> Result<Option<PageState>, BrowserError> {
        let copied = self.film.lock().known();
        let reading = match &self.tab {
            Some(tab) => {
                let (known, copied) = (json!(known.map(|page| page.reading.document.as_str())), json!(copied));
                let patience = if known.is_null() { LOAD } else { PATIENCE }.as_millis();
                let read = &*READ_AND_COPY;
                tab.arrived().await;
                let wait = format!("({WAIT})({known}, {patience}).then(() => (function () {{ {read} }})({copied}))");
                self.bounded(READ_PAGE, tab.try_evaluate(&wait)).await?
            }
            None => match self.command(READ_PAGE, self.client.execute(&READ_AND_COPY, vec![json!(copied)])).await {
                Err(BrowserError::Refused { reason, .. }) if NAVIGATING.iter().any(|sign| reason.contains(sign)) => {
                    None
                }
                other => Some(other?),
            },
        };
        let Some(mut reading) = reading else {
            tokio::time::sleep(COMMIT).await;
            return Ok(None);
        };
        let copy = reading.get_mut("copy").map(Value::take).unwrap_or_default();
        let reading = serde_json::from_value(reading)
            .map_err(|error| BrowserError::Refused { command: READ_PAGE, reason: error.to_string() })?;
        let page = PageState::of(reading);
        if let Some(html) = copy.as_str() {
            self.keep_copy(&page.reading.document, page.name.to_string(), html.to_owned());
        }
        Ok(Some(page))
    }
}

/// What ChromeDriver says when a script meets a navigation.
const NAVIGATING: [&str; 5] = [
    "aborted by navigation",
    "execution context",
    "loader has changed",
    "Cannot find context",
    "Inspected target navigated",
];
const READ_PAGE: &str = "read the page";
/// How long a tab waits for a change that it can see before it reads again.
const PATIENCE: Duration = Duration::from_millis(50);
/// How long a page is given to load before it is read as it is.
const LOAD: Duration = Duration::from_secs(10);
/// How long a navigation is given to commit before it is looked at again.
const COMMIT: Duration = Duration::from_millis(2);
const FIRST_POLL: Duration = Duration::from_millis(15);
const LAST_POLL: Duration = Duration::from_millis(100);
const READS: u32 = 100;

/// Reads the page, and copies each document once, when it has loaded. Its argument is the document that was copied last,
/// null where nothing is to be copied.
pub(super) static READ_AND_COPY: LazyLock<String> = LazyLock::new(|| {
    let copy = include_str!("copy_page.js");
    format!(
        "const reading = (() => {{ {READ} }})();\n\
         if (arguments[0] !== null && reading.complete && reading.document !== arguments[0]) reading.copy = (() => {{ {copy} }})();\n\
         return reading;"
    )
});

const WAIT: &str = include_str!("wait_page.js");
/// Function body that reads a page; [`page_name`] names what it returns.
const READ: &str = include_str!("read_page.js");
