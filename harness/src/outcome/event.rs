//! The events of a run, one JSON line each in `run.jsonl`, appended as they happen.

use serde::{Deserialize, Serialize};
use vestibule_simulator::diagnostic::Diagnostic;

/// Version of the event format.
pub const SCHEMA: u32 = 1;

/// Something that happened in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum RunEvent {
    /// First line: what will run.
    RunStarted {
        /// Version of this format.
        schema: u32,
        /// Version of the program.
        version: String,
        /// Start, RFC 3339, UTC.
        started_at: String,
        /// Browser name and version, where one was started.
        browser: Option<String>,
        /// Number of workers.
        workers: usize,
        /// The selected cases, in order.
        cases: Vec<CaseInfo>,
    },
    /// A case began.
    CaseStarted {
        /// Id of the case.
        case: String,
        /// Worker, from 0.
        worker: usize,
        /// Milliseconds since the start of the run.
        at_ms: u64,
    },
    /// A case ended.
    CaseFinished {
        /// Id of the case.
        case: String,
        /// Milliseconds since the start of the run.
        at_ms: u64,
        /// Everything known about it.
        result: Box<CaseResult>,
    },
    /// Last line: nothing is missing.
    RunFinished {
        /// Milliseconds since the start of the run.
        at_ms: u64,
        /// Whether it was interrupted.
        interrupted: bool,
    },
}

/// A selected case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CaseInfo {
    /// Stable id: `enforcement/admin.yaml:3` with `[n]` for a row of a matrix.
    pub id: String,
    /// Title, with the matrix point in brackets.
    pub title: String,
    /// File as the user gave it.
    pub file: String,
    /// Line of the title, from 1.
    pub line: u32,
    /// Tags.
    pub tags: Vec<String>,
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CaseResult {
    /// The verdict.
    pub verdict: Verdict,
    /// Duration in milliseconds.
    pub duration_ms: u64,
    /// The expectations that failed, or why the case is broken; the first one is the headline.
    pub failures: Vec<Diagnostic>,
    /// What the actor did, with the page after each action.
    pub actions: Vec<Action>,
    /// The realm's journal, redacted at the source.
    pub journal: Vec<serde_json::Value>,
    /// Login History, redacted at the source.
    pub login_history: Vec<serde_json::Value>,
    /// PNG of the last page, base64; only of cases that did not pass.
    pub screenshot: Option<String>,
}

/// One action of the actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Action {
    /// Milliseconds since the start of the case.
    pub at_ms: u64,
    /// What was done: `type username into #username`. Never a secret.
    pub what: String,
    /// Name of the page after it.
    pub page: String,
    /// URL after it, query values redacted.
    pub url: String,
}

/// The verdict on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every expectation held.
    Passed,
    /// An expectation did not hold.
    Failed,
    /// Our tooling or the environment broke; nothing was learnt about the login.
    Broken,
    /// Not run: interrupted, or stopped by `-x`.
    Skipped,
}
