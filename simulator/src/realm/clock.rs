//! The protocol clock. The calendar date of a realm is data; this clock runs in real time unless it is frozen.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use vestibule_model::{ClockSpec, Component};

/// The protocol clock of a realm: assertion lifetimes, TOTP steps, session times.
#[derive(Debug)]
pub struct Clock {
    started: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    frozen_at: Option<Timestamp>,
    offset: SignedDuration,
    skew: BTreeMap<Component, SignedDuration>,
}

impl Clock {
    /// Starts a clock.
    pub(crate) fn start(spec: &ClockSpec) -> Self {
        Self {
            started: monotonic_now(),
            state: Mutex::new(State {
                frozen_at: spec.frozen_at,
                offset: SignedDuration::ZERO,
                skew: spec.skew.clone(),
            }),
        }
    }

    /// The current time of this component.
    pub fn now(&self, component: Component) -> Timestamp {
        let state = self.state.lock();
        let base = state.frozen_at.unwrap_or_else(system_now);
        let skew = state.skew.get(&component).copied().unwrap_or(SignedDuration::ZERO);
        base.saturating_add(state.offset).and_then(|now| now.saturating_add(skew)).unwrap_or(base)
    }

    /// The current time of this component, in whole seconds since the Unix epoch.
    pub fn unix(&self, component: Component) -> u64 {
        u64::try_from(self.now(component).as_second()).unwrap_or(0)
    }

    /// Real time since the clock was started, even if the clock is frozen. Use it only to measure durations.
    pub fn age(&self) -> Duration {
        monotonic_now().duration_since(self.started)
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: SignedDuration) {
        let mut state = self.state.lock();
        state.offset = state.offset.saturating_add(by);
    }
}

/// The instant this long after another one, or the end of time. All deadlines are computed here, because a scenario may set
/// a clock so far ahead that there is no later instant.
pub(crate) fn later(instant: Timestamp, by: SignedDuration) -> Timestamp {
    instant.saturating_add(by).unwrap_or(instant)
}

/// This and [`monotonic_now`] are the only places of this crate that read the system clock.
#[expect(clippy::disallowed_methods, reason = "only the realm's clock reads the system clock")]
pub(super) fn system_now() -> Timestamp {
    Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[expect(clippy::disallowed_methods, reason = "only the realm's clock reads the system clock")]
pub(super) fn monotonic_now() -> Instant {
    Instant::now()
}
