//! The page that a browser is on, as one script read it.

use serde_json::Value;
use vestibule_model::PageName;

use super::contract::{self, Reading};

/// A page at the moment when it was read.
#[derive(Debug, Clone)]
pub struct PageState {
    /// Its name in the table of pages.
    pub name: PageName,
    reading: Reading,
}

/// How a wait ended.
#[derive(Debug, Clone)]
pub(crate) enum Waited {
    /// The page is as wanted.
    Reached(PageState),
    /// The time ran out; the page that the browser was on.
    TimedOut(PageState),
}

impl Waited {
    /// The last page, however the wait ended.
    pub(crate) fn into_page(self) -> PageState {
        match self {
            Self::Reached(page) | Self::TimedOut(page) => page,
        }
    }
}

impl PageState {
    /// The URL with its full query: redact it before showing it.
    pub(crate) fn url(&self) -> &str {
        &self.reading.url
    }

    /// The title.
    pub(crate) fn title(&self) -> &str {
        &self.reading.title
    }

    /// The visible text. Empty on the pages that show a TOTP key.
    pub(crate) fn text(&self) -> &str {
        match self.name {
            PageName::ConnectAuthenticatorApp | PageName::ProductPairing => "",
            _ => &self.reading.text,
        }
    }

    /// Text of the visible error box.
    pub(crate) fn error(&self) -> Option<&str> {
        self.reading.error.as_deref()
    }

    /// Whether a visible element has this id.
    pub(crate) fn shows(&self, id: &str) -> bool {
        self.reading.shown.contains(id)
    }

    /// Whether a visible text field with this id is empty.
    pub(crate) fn is_blank(&self, id: &str) -> bool {
        self.reading.blank.contains(id)
    }

    /// Whether a visible button or link contains this text, ignoring case.
    pub(crate) fn offers(&self, text: &str) -> bool {
        self.control(text).is_some()
    }

    /// The whole text of the first visible button or link that contains this text, ignoring case.
    pub(crate) fn control(&self, text: &str) -> Option<&str> {
        let wanted = text.to_lowercase();
        let controls = self.reading.controls.iter();
        controls.map(String::as_str).find(|control| control.to_lowercase().contains(&wanted))
    }

    /// The whole text of the first visible label that contains this text, ignoring case.
    pub(crate) fn choice(&self, text: &str) -> Option<&str> {
        let wanted = text.to_lowercase();
        let choices = self.reading.choices.iter();
        choices.map(String::as_str).find(|choice| choice.to_lowercase().contains(&wanted))
    }

    /// Whether the document is loaded.
    pub(crate) fn complete(&self) -> bool {
        self.reading.complete
    }

    /// Whether the page says that it is busy and will change by itself (WAI-ARIA 1.2, `aria-busy`).
    pub(crate) fn busy(&self) -> bool {
        self.reading.busy
    }

    /// Whether both readings are of one document: no navigation happened in between.
    pub(crate) fn same_document(&self, other: &Self) -> bool {
        self.reading.document == other.reading.document
    }

    /// The name of the page with its path: `verify-totp (/_ui/identity/…)`.
    pub fn described(&self) -> String {
        format!("`{}` ({})", self.name, self.reading.path)
    }

    /// The raw visible text, the TOTP key included.
    pub(crate) fn secret_text(&self) -> &str {
        &self.reading.text
    }

    /// The document, different after each navigation.
    pub(in crate::browser) fn document(&self) -> &str {
        &self.reading.document
    }

    /// The page from the result of the reading script.
    pub(in crate::browser) fn read(value: Value) -> Result<Self, serde_json::Error> {
        let reading: Reading = serde_json::from_value(value)?;
        Ok(Self { name: contract::name(&reading), reading })
    }
}
