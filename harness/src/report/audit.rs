//! Reports of `vestibule audit`, as functions of its outcome: terminal, HTML, CSV, JSON, JUnit.

use std::error::Error;

use super::wording::plural;
use crate::outcome::{AuditOutcome, ForecastRow};

mod html;
mod junit;
mod table;
mod terminal;
#[cfg(test)]
mod tests;

pub(crate) use terminal::write_audit;

/// A report of an audit that is written to a file of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AuditFormat {
    /// What people call it.
    pub(crate) name: &'static str,
    /// Name of its file in the folder of the reports.
    pub(crate) file: &'static str,
    render: Render,
}

type Render = fn(&AuditOutcome) -> Result<String, Box<dyn Error + Send + Sync>>;

/// Every report of an audit; that for people comes first.
pub(crate) const AUDIT_FORMATS: &[AuditFormat] = &[
    AuditFormat { name: "HTML", file: "audit.html", render: |outcome| Ok(html::html(outcome)?) },
    AuditFormat { name: "CSV", file: "audit.csv", render: table::table },
    AuditFormat { name: "JUnit", file: "junit.xml", render: |outcome| Ok(junit::junit(outcome)?) },
    AuditFormat { name: "JSON", file: "audit.json", render: |outcome| Ok(audit_json(outcome)?) },
];

/// A report cannot be rendered. Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
#[error("fill the {format} report")]
pub(crate) struct AuditRenderError {
    format: &'static str,
    source: Box<dyn Error + Send + Sync>,
}

impl AuditFormat {
    /// The text of the report.
    ///
    /// # Errors
    /// If a value of the outcome does not fit the format.
    pub(crate) fn render(&self, outcome: &AuditOutcome) -> Result<String, AuditRenderError> {
        (self.render)(outcome).map_err(|source| AuditRenderError { format: self.name, source })
    }
}

/// The outcome as one JSON document, which a later audit compares itself with.
///
/// # Errors
/// Never in practice: every value can be written.
pub(crate) fn audit_json(outcome: &AuditOutcome) -> serde_json::Result<String> {
    serde_json::to_string_pretty(outcome)
}

/// `3 of 40 logins stop by 2027-03-01, 2 stop later, 4 are not known`.
fn headline(outcome: &AuditOutcome) -> String {
    let counts = outcome.counts();
    let by = outcome.by.map(|by| format!(" by {by}")).unwrap_or_default();
    let all = plural(outcome.rows.len(), "login");
    let stop = match counts.stop {
        0 => format!("none of {all} is known to stop{by}"),
        1 => format!("1 of {all} stops{by}"),
        stop => format!("{stop} of {all} stop{by}"),
    };
    let later = (counts.later > 0).then(|| format!("{} later", counts.later));
    let unknown = match counts.unknown {
        0 => None,
        1 => Some("1 is not known".to_owned()),
        unknown => Some(format!("{unknown} are not known")),
    };
    [Some(stop), later, unknown].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// When a login stops: `already`, `from 2027-02-20`, `from 2026-06-22 to 2026-06-28`.
fn when(outcome: &AuditOutcome, row: &ForecastRow) -> String {
    match (row.from, row.until) {
        (None, _) => "on any day".to_owned(),
        (Some(from), Some(until)) if from <= outcome.date => format!("since {from}, at the latest {until}"),
        (Some(from), None) if from <= outcome.date => format!("since {from}"),
        (Some(from), Some(until)) => format!("from {from}, at the latest {until}"),
        (Some(from), None) => format!("from {from}"),
    }
}

/// User and app: `sync@acme.example, Data Loader`.
fn who(row: &ForecastRow) -> String {
    match &row.app {
        Some(app) => format!("{}, {app}", row.user),
        None => row.user.clone(),
    }
}

/// What is said of the source: `OFF: help 005321563; the day: help 005321561`.
fn sources(row: &ForecastRow) -> String {
    let dated = row.dated_by.as_ref().map(|dated| format!("; the day: {dated}")).unwrap_or_default();
    format!("{}: {}{dated}", row.confidence.mark(), row.source)
}
