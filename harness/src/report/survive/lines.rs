//! One JSON object for each condition.

use std::io::{self, Write};

use serde::Serialize;
use vestibule_model::{Confidence, OrgKind};

use super::{Row, rows};
use crate::outcome::{Exit, GoodEnd, Owner, RunOutcome, SuiteLocation};

/// Writes one line for each condition of the run.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write_condition_lines(mut out: impl Write, outcome: &RunOutcome) -> io::Result<()> {
    for row in rows(outcome) {
        serde_json::to_writer(&mut out, &line(&row))?;
        writeln!(out)?;
    }
    out.flush()
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Line<'a> {
    condition: &'a str,
    /// `survived`, `stopped`, `false-green`, `failed-later`, `broken` or `skipped`.
    verdict: String,
    /// What a good suite does here.
    good: GoodEnd,
    /// Whether this suite did it.
    passed: bool,
    cause: Option<&'a str>,
    owner: Option<Owner>,
    remedy: Option<&'a str>,
    applies: bool,
    since: Option<&'a str>,
    /// The kind of org of which this date is.
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<OrgKind>,
    /// What of `--org-kind` and `--set` was not applied, because the condition is about it: `gate=leavable`.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    not_applied: &'a [String],
    confidence: Confidence,
    fact: &'a str,
    exit: Option<Exit>,
    /// The line of the suite's own code at which it failed: `{ "file": …, "line": …, "column": … }`.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_at: Option<&'a SuiteLocation>,
    duration_ms: Option<u64>,
    evidence: &'a [String],
}

fn line<'a>(row: &'a Row<'_>) -> Line<'a> {
    let result = row.case.result.as_ref();
    let stopped = row.needs_fix();
    Line {
        condition: &row.condition.name,
        verdict: row.verdict().replace(' ', "-"),
        good: row.condition.good,
        passed: row.case.verdict() == crate::outcome::Verdict::Passed,
        cause: row.finding.map(|finding| finding.cause.as_str()),
        owner: stopped.then(|| row.owner()),
        remedy: stopped.then(|| row.remedy()),
        applies: row.condition.applies,
        since: row.condition.since.as_deref(),
        org: row.condition.org,
        not_applied: &row.condition.not_applied,
        confidence: row.condition.confidence,
        fact: &row.condition.fact,
        exit: row.exit(),
        failed_at: row.failed_at(),
        duration_ms: result.map(|result| result.duration_ms),
        evidence: row.finding.map(|finding| finding.evidence.as_slice()).unwrap_or_default(),
    }
}
