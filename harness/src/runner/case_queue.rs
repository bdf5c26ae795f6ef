//! The cases that are left, and what the workers know of each other where their browsers are on a server elsewhere.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use tokio::sync::watch;
use vestibule_model::diagnostic::Diagnostic;

use super::attempts::Attempts;
use super::performer::suite_sign_ins;
use crate::scenario::Case;

/// A case that waits for a worker.
#[derive(Debug)]
pub(super) struct QueuedCase {
    pub(super) case: Case,
    /// The attempt that comes next, from 1.
    pub(super) attempt: u32,
    /// What is left after that attempt.
    pub(super) left: Attempts,
}

/// The cases of a run that wait for a worker.
#[derive(Debug)]
pub(super) struct CaseQueue {
    waiting: Mutex<VecDeque<QueuedCase>>,
    /// How many cases have no last result yet.
    unfinished: watch::Sender<usize>,
    /// How many workers have a browser.
    driving: AtomicUsize,
    /// Why no worker got a browser.
    no_browser: Mutex<Option<Diagnostic>>,
}

impl CaseQueue {
    pub(super) fn new(cases: impl IntoIterator<Item = Case>, attempts: Attempts) -> Self {
        let queued = cases.into_iter().map(|case| QueuedCase { case, attempt: 1, left: attempts });
        let waiting: VecDeque<_> = queued.collect();
        Self {
            unfinished: watch::Sender::new(waiting.len()),
            waiting: Mutex::new(waiting),
            driving: AtomicUsize::new(0),
            no_browser: Mutex::default(),
        }
    }

    /// The next case.
    pub(super) fn take(&self) -> Option<QueuedCase> {
        self.waiting.lock().pop_front()
    }

    /// Queues another attempt at a case, for whichever worker comes to it.
    pub(super) fn put_back(&self, case: QueuedCase) {
        self.waiting.lock().push_back(case);
    }

    /// Whether the next case is performed in a worker's browser.
    pub(super) fn next_needs_browser(&self) -> bool {
        self.waiting.lock().front().is_some_and(|next| suite_sign_ins(&next.case).is_none())
    }

    /// A case has its last result.
    pub(super) fn finished_one(&self) {
        self.unfinished.send_modify(|left| *left = left.saturating_sub(1));
    }

    /// No further case is begun.
    pub(super) fn stop(&self) {
        self.waiting.lock().clear();
        self.unfinished.send_replace(0);
    }

    /// Waits until every case has its last result.
    pub(super) async fn is_over(&self) {
        // The sender lives as long as the queue.
        let mut unfinished = self.unfinished.subscribe();
        let _over = unfinished.wait_for(|left| *left == 0).await;
    }

    /// A worker got a browser.
    pub(super) fn begins_driving(&self) {
        self.driving.fetch_add(1, Ordering::Relaxed);
        *self.no_browser.lock() = None;
    }

    /// A worker has no browser any more.
    pub(super) fn ends_driving(&self) {
        self.driving.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether some worker has a browser.
    pub(super) fn is_driven(&self) -> bool {
        self.driving.load(Ordering::Relaxed) > 0
    }

    /// A worker got no browser, and none has one: the cases that are left are broken for this reason.
    pub(super) fn give_up(&self, why: Diagnostic) {
        *self.no_browser.lock() = Some(why);
    }

    /// Why no worker has a browser, or will get one.
    pub(super) fn given_up(&self) -> Option<Diagnostic> {
        self.no_browser.lock().clone().filter(|_| !self.is_driven())
    }
}
