//! Records what the browser showed, page by page, at almost no cost while a case runs.
//!
//! A picture of a page takes 50 to 100 ms, so a login of five pages would take half a second longer. That is too slow
//! for cases that pass, and whether a case passes is known only at its end. So the script that reads a page also copies
//! each new document as HTML, and the copies are drawn after the case, if a report will show them.

use std::time::Duration;

use serde_json::Value;

use super::contract::{self, Reading};
use crate::stopwatch::Stopwatch;

/// A page as it was after loading: markup without scripts, typed text or secrets.
#[derive(Debug, Clone)]
pub(crate) struct PageCopy {
    /// When it was copied.
    seen: Stopwatch,
    /// Name of the page.
    pub page: String,
    html: String,
}

impl PageCopy {
    /// Reads the result of [`copy_expression`](super::copy_expression) in a page that a suite drives. `None` if the
    /// page could not be copied.
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
    /// The last document that was copied.
    document: String,
    copies: Vec<PageCopy>,
}

impl PageRecorder {
    /// A recorder without copies. If it is not `on`, it gets none.
    pub(in crate::browser) fn new(on: bool) -> Self {
        Self { on, document: String::new(), copies: Vec::new() }
    }

    /// The last document that was copied; `None` if nothing should be copied.
    pub(in crate::browser) fn known(&self) -> Option<String> {
        self.on.then(|| self.document.clone())
    }

    /// The copies since the last call or reset, oldest first.
    pub(in crate::browser) fn take(&mut self) -> Vec<PageCopy> {
        self.document.clear();
        std::mem::take(&mut self.copies)
    }

    /// Keeps the copy from reading a new document; drops the oldest if there are too many.
    pub(in crate::browser) fn keep(&mut self, document: &str, page: String, html: String) {
        self.document = document.to_owned();
        if self.copies.len() >= MOST_COPIES {
            self.copies.remove(0);
        }
        self.copies.push(PageCopy::new(page, html));
    }
}

/// How many pages of a case are kept.
const MOST_COPIES: usize = 20;
