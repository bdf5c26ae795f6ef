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

/// The copies of a case, oldest first. Of too many, the first ones and the newest are kept: they show how the login began
/// and what came of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct PageCopies(Vec<PageCopy>);

impl PageCopies {
    /// Keeps a copy if it differs from the previous one, and returns whether it did.
    pub(crate) fn keep_if_new(&mut self, copy: PageCopy) -> bool {
        let is_new = self.0.last().is_none_or(|last| last.html != copy.html);
        if is_new {
            self.keep(copy);
        }
        is_new
    }

    /// Every copy that was kept.
    pub(crate) fn into_vec(self) -> Vec<PageCopy> {
        self.0
    }

    /// Keeps a copy; if there are too many, it replaces the last one.
    fn keep(&mut self, copy: PageCopy) {
        self.0.truncate(MAX_COPIES - 1);
        self.0.push(copy);
    }
}

/// Keeps the copies of a case in our own browser, which knows its documents.
#[derive(Debug)]
pub(in crate::browser) struct PageRecorder {
    on: bool,
    /// The last document that was copied.
    document: String,
    copies: PageCopies,
}

impl PageRecorder {
    /// A recorder without copies. If it is not `on`, it gets none.
    pub(in crate::browser) fn new(on: bool) -> Self {
        Self { on, document: String::new(), copies: PageCopies::default() }
    }

    /// The last document that was copied; `None` if nothing should be copied.
    pub(in crate::browser) fn known(&self) -> Option<String> {
        self.on.then(|| self.document.clone())
    }

    /// The copies since the last call or reset, oldest first.
    pub(in crate::browser) fn take(&mut self) -> Vec<PageCopy> {
        self.document.clear();
        std::mem::take(&mut self.copies).into_vec()
    }

    /// Keeps the copy from reading a new document.
    pub(in crate::browser) fn keep(&mut self, document: &str, page: String, html: String) {
        self.document = document.to_owned();
        self.copies.keep(PageCopy::new(page, html));
    }
}

/// How many pages of a case are kept.
const MAX_COPIES: usize = 20;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{MAX_COPIES, PageCopies, PageCopy, PageRecorder};

    #[test]
    fn of_many_copies_the_first_and_the_newest_are_kept_without_repeats() {
        let copy = |number: u32| {
            let page = json!({ "copy": format!("<p>{number}</p>"), "path": "/lightning/page/home" });
            PageCopy::read(page).unwrap()
        };
        let mut kept = PageCopies::default();
        for number in 0..50 {
            assert!(kept.keep_if_new(copy(number)));
            assert!(!kept.keep_if_new(copy(number)), "the same page again");
        }

        assert_eq!(ends(&kept.into_vec()), (MAX_COPIES, "<p>0</p>", "<p>49</p>"));
    }

    #[test]
    fn each_document_of_our_own_browser_is_kept_even_if_it_looks_like_the_last_one() {
        let mut recorder = PageRecorder::new(true);
        assert_eq!(recorder.known().as_deref(), Some(""));
        for number in 0..3 {
            recorder.keep(&format!("document {number}"), "username".to_owned(), "<p>again</p>".to_owned());
        }

        assert_eq!(recorder.known().as_deref(), Some("document 2"));
        assert_eq!(ends(&recorder.take()), (3, "<p>again</p>", "<p>again</p>"));
        assert!(recorder.take().is_empty());
        assert_eq!(PageRecorder::new(false).known(), None);
    }

    fn ends(copies: &[PageCopy]) -> (usize, &str, &str) {
        (copies.len(), copies[0].html(), copies[copies.len() - 1].html())
    }
}
