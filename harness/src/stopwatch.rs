//! The only place in the harness that reads a clock: for durations and for the date of a run.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

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
pub(crate) fn today() -> Date {
    now().to_zoned(time_zone()).date()
}

/// To learn the name of the zone, [`TimeZone::system`] reads the folders of all zones. The date needs only its file.
fn time_zone() -> TimeZone {
    let named = std::env::var_os("TZ").is_some();
    let file = (!named).then(|| std::fs::read("/etc/localtime").ok()).flatten();
    file.and_then(|file| TimeZone::tzif("localtime", &file).ok()).unwrap_or_else(TimeZone::system)
}
