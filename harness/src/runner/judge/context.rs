//! The observations that an expectation is compared with.

use std::path::{Path, PathBuf};

use vestibule_redactor::Redactor;
use vestibule_simulator::realm::Realm;

use crate::browser::{PageState, WebDriverSession};
use crate::runner::error::Broken;
use crate::runner::observation::Observation;
use crate::scenario::Case;
use crate::scenario::model::Expectation;
use crate::snapshot::{SnapshotMode, folder_beside};

/// The observations that an expectation is compared with.
pub(in crate::runner) struct JudgeContext<'a> {
    pub(in crate::runner) case: &'a Case,
    pub(in crate::runner) realm: &'a Realm,
    /// Our browser; `None` for a suite, which uses its own.
    pub(in crate::runner) session: Option<&'a WebDriverSession>,
    pub(in crate::runner) observation: &'a Observation,
    pub(in crate::runner) snapshots: &'a SnapshotContext<'a>,
}

/// Our browser and the page that it is on.
#[derive(Clone, Copy)]
pub(super) struct BrowserView<'a> {
    pub(super) session: &'a WebDriverSession,
    pub(super) page: &'a PageState,
}

/// Where snapshots are, and what to do with them.
pub(in crate::runner) struct SnapshotContext<'a> {
    /// The folder of this case's snapshots.
    pub(super) folder: PathBuf,
    pub(super) mode: SnapshotMode,
    pub(super) redactor: &'a Redactor,
}

impl<'a> SnapshotContext<'a> {
    /// Of a case in a run of this mode. A twin is compared with the snapshot of its case and writes none.
    pub(in crate::runner) fn new(case: &Case, mode: SnapshotMode, redactor: &'a Redactor) -> Self {
        let mode = if case.is_twin() { SnapshotMode::Verify } else { mode };
        Self { folder: folder_beside(Path::new(&case.file)), mode, redactor }
    }
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
