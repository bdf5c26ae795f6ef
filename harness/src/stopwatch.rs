//! The only place in the harness that reads a clock: for durations and for the date of a run.

use std::time::{Duration, Instant};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Measures durations from its start.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch {
    started: Instant,
}

impl Stopwatch {
    /// Starts.
    #[expect(clippy::disallowed_methods, reason = "the stopwatch is where the harness measures time")]
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Milliseconds since the start.
    pub(crate) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Now, UTC.
#[expect(clippy::disallowed_methods, reason = "the stopwatch is where the harness reads the clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Today in the time zone of this machine.
#[expect(clippy::disallowed_methods, reason = "the stopwatch is where the harness reads the clock")]
pub(crate) fn today() -> Date {
    Zoned::now().with_time_zone(TimeZone::system()).date()
}
