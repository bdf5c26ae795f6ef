//! A case: a scenario at one point of its matrix, ready to run.

use std::fmt;
use std::sync::Arc;

use vestibule_model::diagnostic::{Place, Source};
use vestibule_model::yaml::{Span, Spanned};

use super::check::expects;
use super::model::{Expectation, Scenario};
use super::snapshot_name::snapshot_name;

/// One case.
#[derive(Clone)]
pub struct Case {
    /// Stable id: path within its suite, line of the title, number of the row: `enforcement/admin.yaml:3[2]`. The id of
    /// a twin ends in `!`.
    pub id: String,
    /// Title, with the point of the matrix in brackets; that of a twin says so.
    pub title: String,
    /// The title without what marks a twin: a case and its twin are compared with one snapshot.
    pub(super) base_title: String,
    /// Tags.
    pub tags: Vec<String>,
    /// File as the user gave it.
    pub file: String,
    /// Line of the title, from 1.
    pub line: u32,
    /// The scenario, with every value decided.
    pub(crate) scenario: Scenario,
    /// The twin: this case with its `must-fail` change.
    pub(crate) twin: Option<Twin>,
    /// The expectation that must fail, if this case is itself a twin.
    pub(crate) must_fail_because: Option<Expectation>,
    pub(super) source: Arc<Source>,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The source text may hold the passwords of its users.
        f.debug_struct("Case").field("id", &self.id).field("title", &self.title).finish_non_exhaustive()
    }
}

impl Case {
    /// Whether it is the twin of another case.
    pub(crate) fn is_twin(&self) -> bool {
        self.must_fail_because.is_some()
    }

    /// The title under which its snapshot is recorded.
    pub(crate) fn snapshot_title(&self) -> &str {
        &self.base_title
    }

    /// The name of its snapshot, without a folder or an extension. No other case of its folder has it: that was checked.
    pub(crate) fn snapshot_name(&self) -> String {
        snapshot_name(&self.base_title)
    }

    /// Whether it is compared with a snapshot, at its end or at one of its steps.
    pub(crate) fn records_snapshot(&self) -> bool {
        self.snapshot_spans().next().is_some()
    }

    /// Where it is compared with a snapshot.
    pub(super) fn snapshot_spans(&self) -> impl Iterator<Item = Span> {
        expects(&self.scenario).filter_map(|expect| expect.snapshot.as_ref()).map(|plan| plan.span)
    }

    /// The text of the file that contains the case.
    pub(crate) fn text(&self) -> &str {
        self.source.text()
    }

    /// The place of a span of this case's file.
    pub(crate) fn place(&self, span: Span, label: impl Into<String>) -> Place {
        self.source.place(span.range(), label)
    }
}

/// The changed scenario of `must-fail`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Twin {
    /// The scenario with the change made.
    pub scenario: Scenario,
    /// The expectation that the change must make fail.
    pub because: Spanned<Expectation>,
}

/// The twin of a case as a case of its own; `None` if its scenario has no `must-fail`. It passes only if the named
/// expectation fails.
pub(crate) fn twin(case: &Case) -> Option<Case> {
    let twin = case.twin.as_ref()?;
    Some(Case {
        id: format!("{}!", case.id),
        title: format!("{} (twin: must fail because of {})", case.base_title, twin.because.value),
        scenario: twin.scenario.clone(),
        twin: None,
        must_fail_because: Some(twin.because.value),
        ..case.clone()
    })
}
