//! A bounded log of what the proxy did with each request.

use parking_lot::Mutex;

use crate::outcome::{Proxied, ProxyFate};
use crate::stopwatch::Stopwatch;

/// The log of one case.
#[derive(Debug)]
pub(super) struct RequestLog {
    clock: Stopwatch,
    all: Mutex<Vec<Proxied>>,
}

/// An entry; its fate may be corrected later.
#[derive(Debug, Clone, Copy)]
pub(super) struct LogEntry(Option<usize>);

impl RequestLog {
    /// An empty log.
    pub(super) fn new(clock: Stopwatch) -> Self {
        Self { clock, all: Mutex::default() }
    }

    /// Records a request to `host` (host and port).
    pub(super) fn note(&self, host: String, fate: ProxyFate) -> LogEntry {
        let mut all = self.all.lock();
        if all.len() >= MAX_ENTRIES {
            return LogEntry(None);
        }
        all.push(Proxied { at_ms: self.clock.elapsed_ms(), host, fate });
        LogEntry(Some(all.len() - 1))
    }

    /// Corrects the fate of a request.
    pub(super) fn correct(&self, entry: LogEntry, fate: ProxyFate) {
        let mut all = self.all.lock();
        if let Some(record) = entry.0.and_then(|at| all.get_mut(at)) {
            record.fate = fate;
        }
    }

    /// All entries, oldest first.
    pub(super) fn all(&self) -> Vec<Proxied> {
        self.all.lock().clone()
    }
}

/// A suite that polls for its whole time limit stays below this.
const MAX_ENTRIES: usize = 10_000;
