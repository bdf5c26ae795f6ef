//! A line that a page wrote on the console of its browser.

use crate::stopwatch::Stopwatch;

/// A line of the console.
#[derive(Debug, Clone)]
pub(crate) struct ConsoleLine {
    /// `LEVEL text`.
    pub(crate) text: String,
    /// Started when it was written; `None` where only the driver knows that.
    written: Option<Stopwatch>,
}

impl ConsoleLine {
    /// A line that was written just now.
    pub(super) fn now(text: String) -> Self {
        Self { text, written: Some(Stopwatch::start()) }
    }

    /// A line of a driver's log.
    pub(super) fn of_log(text: String) -> Self {
        Self { text, written: None }
    }

    /// When it was written, in milliseconds of this clock.
    pub(crate) fn at_ms(&self, clock: &Stopwatch) -> Option<u64> {
        let age = self.written?.elapsed();
        u64::try_from(clock.elapsed().saturating_sub(age).as_millis()).ok()
    }
}
