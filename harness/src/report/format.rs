//! A report that is written to a file of its own.

use std::error::Error;

use crate::outcome::{CaseOutcome, RunOutcome};

/// A report that is written to a file of its own when the run is over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReportFormat {
    /// `JUnit`: what people call it.
    pub name: &'static str,
    /// Name of its file in the folder of the reports.
    pub file: &'static str,
    /// The option that names another file: `report-junit`.
    pub flag: &'static str,
    /// The variable that does the same.
    pub variable: &'static str,
    pub(super) render: Render,
}

/// Renders the text of a report. The second argument gives the path of a case's screenshot as the report shows it.
pub(super) type Render = fn(&RunOutcome, Screenshots<'_>) -> Result<String, Box<dyn Error + Send + Sync>>;

/// The path of a case's screenshot as the report shows it.
pub(super) type Screenshots<'a> = &'a dyn Fn(&CaseOutcome) -> Option<String>;

/// A report cannot be rendered. Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
#[error("fill the {format} report")]
pub(crate) struct RenderError {
    format: &'static str,
    source: Box<dyn Error + Send + Sync>,
}

impl ReportFormat {
    /// The text of the report. `screenshots` gives the path of a case's screenshot as the report shows it.
    ///
    /// # Errors
    /// If a value of the outcome does not fit the format.
    pub(crate) fn render(
        &self,
        outcome: &RunOutcome,
        screenshots: &dyn Fn(&CaseOutcome) -> Option<String>,
    ) -> Result<String, RenderError> {
        (self.render)(outcome, screenshots).map_err(|source| RenderError { format: self.name, source })
    }
}
