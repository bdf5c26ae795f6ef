//! The observations that an expectation is compared with.

use std::path::Path;

use vestibule_simulator::realm::Realm;

use crate::browser::{PageState, WebDriverSession};
use crate::outcome::Redactor;
use crate::runner::error::Broken;
use crate::runner::observation::Observation;
use crate::scenario::Case;
use crate::scenario::model::Expectation;
use crate::snapshot::SnapshotMode;

/// The observations that an expectation is compared with.
pub(in crate::runner) struct JudgeContext<'a> {
    pub(in crate::runner) case: &'a Case,
    pub(in crate::runner) realm: &'a Realm,
    /// Our browser; `None` for a suite, which uses its own.
    pub(in crate::runner) session: Option<&'a WebDriverSession>,
    pub(in crate::runner) observation: &'a Observation,
    pub(in crate::runner) snapshots: SnapshotContext<'a>,
}

/// Our browser and the page that it is on.
#[derive(Clone, Copy)]
pub(super) struct BrowserView<'a> {
    pub(super) session: &'a WebDriverSession,
    pub(super) page: &'a PageState,
}

/// Where snapshots are, and what to do with them.
#[derive(Clone, Copy)]
pub(in crate::runner) struct SnapshotContext<'a> {
    /// The folder of this case's snapshots.
    pub(in crate::runner) folder: &'a Path,
    pub(in crate::runner) mode: SnapshotMode,
    pub(in crate::runner) redactor: &'a Redactor,
}

impl<'a> JudgeContext<'a> {
    /// Our browser, for an expectation that needs it.
    pub(super) fn browser(&self, expectation: Expectation) -> Result<BrowserView<'a>, Broken> {
        self.view().ok_or_else(|| Broken::Step(format!("`{expectation}` needs the browser of Vestibule")))
    }

    /// Our browser, if there is one.
    pub(super) fn view(&self) -> Option<BrowserView<'a>> {
        Some(BrowserView { session: self.session?, page: self.observation.page.as_ref()? })
    }
}
