//! What is known at the moment of a judgement.

use std::path::Path;

use vestibule_simulator::policy::Decision;
use vestibule_simulator::realm::{Entry, Event, Realm};

use crate::browser::{PageState, WebDriverSession};
use crate::outcome::{Finding, Redactor, Survival};
use crate::scenario::Case;
use crate::snapshot::SnapshotMode;
use crate::trace::StopReason;

/// What is known at the moment of a judgement.
pub(crate) struct Witness<'a> {
    pub(crate) case: &'a Case,
    pub(crate) realm: &'a Realm,
    /// Our browser and its page; a suite of the user's own brings its own.
    pub(crate) browser: Option<BrowserView<'a>>,
    /// What became of a suite of the user's own, where one ran.
    pub(crate) survival: Option<Survival>,
    /// Key of the user of the last sign-in.
    pub(crate) user: Option<&'a str>,
    /// How many sessions the org had opened before the last sign-in.
    pub(crate) sessions_before: u32,
    /// Why the last actor went no further.
    pub(crate) stopped: Option<&'a StopReason>,
    /// Why the last login stopped.
    pub(crate) finding: Option<Finding>,
    /// The journal up to now.
    pub(crate) journal: &'a [Entry],
    pub(crate) snapshots: SnapshotContext<'a>,
}

/// Our browser and the page on which it stands.
#[derive(Clone, Copy)]
pub(crate) struct BrowserView<'a> {
    pub(crate) session: &'a WebDriverSession,
    pub(crate) page: &'a PageState,
}

/// Where snapshots are, and what becomes of them.
#[derive(Clone, Copy)]
pub(crate) struct SnapshotContext<'a> {
    /// The folder of this case's snapshots.
    pub(crate) folder: &'a Path,
    pub(crate) mode: SnapshotMode,
    pub(crate) redactor: &'a Redactor,
}

impl Witness<'_> {
    /// The last decision.
    pub(super) fn decision(&self) -> Option<&Decision> {
        self.journal.iter().rev().find_map(|entry| match &entry.event {
            Event::Decided { decision, .. } => Some(decision),
            _ => None,
        })
    }
}
