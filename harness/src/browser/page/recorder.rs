//! What the browser showed, page by page, at no cost while a case runs.
//!
//! A picture of a page takes 50 to 100 ms, a login of five pages half a second: too much to spend on cases that pass,
//! and whether a case passes is known at its end. So each new document is copied as HTML by the very script that reads
//! it, and the copies are drawn after the case, where somebody will look at them.

use std::time::Duration;

use serde_json::Value;

use super::contract::{self, Reading};
use crate::stopwatch::Stopwatch;

/// A page as it was when it had loaded: markup without scripts, without what was typed and without secrets.
#[derive(Debug, Clone)]
pub(crate) struct PageCopy {
    /// When it was copied.
    seen: Stopwatch,
    /// Name of the page.
    pub page: String,
    html: String,
}

impl PageCopy {
    /// What [`copy_expression`](super::copy_expression) came to in a page that somebody else drives. `None` if it could
    /// not be copied.
    pub(crate) fn read(mut value: Value) -> Option<Self> {
        let html = value.get_mut("copy")?.take();
        let reading: Reading = serde_json::from_value(value).unwrap_or_default();
        Some(Self::new(contract::name(&reading).to_string(), html.as_str()?.to_owned()))
    }

    fn new(page: String, html: String) -> Self {
        Self { seen: Stopwatch::start(), page, html }
    }

    /// The markup.
    pub(crate) fn html(&self) -> &str {
        &self.html
    }

    /// How long ago it was copied.
    pub(crate) fn age(&self) -> Duration {
        self.seen.elapsed()
    }
}

/// Keeps the copies of one case.
#[derive(Debug)]
pub(in crate::browser) struct PageRecorder {
    on: bool,
    /// The document that was copied last.
    document: String,
    copies: Vec<PageCopy>,
}

impl PageRecorder {
    /// Without a copy yet. One that is off gets none.
    pub(in crate::browser) fn new(on: bool) -> Self {
        Self { on, document: String::new(), copies: Vec::new() }
    }

    /// The document that was copied last; `None` if nothing is to be copied.
    pub(in crate::browser) fn known(&self) -> Option<String> {
        self.on.then(|| self.document.clone())
    }

    /// The copies since the last call or reset, oldest first.
    pub(in crate::browser) fn take(&mut self) -> Vec<PageCopy> {
        self.document.clear();
        std::mem::take(&mut self.copies)
    }

    /// Keeps the copy that a reading of a new document brought along; the oldest goes where there are too many.
    pub(in crate::browser) fn keep(&mut self, document: &str, page: String, html: String) {
        self.document = document.to_owned();
        if self.copies.len() >= MOST_COPIES {
            self.copies.remove(0);
        }
        self.copies.push(PageCopy::new(page, html));
    }
}

/// The pages that are kept of one case.
const MOST_COPIES: usize = 20;
