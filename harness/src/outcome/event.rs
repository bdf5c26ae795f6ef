//! The events of a run, one JSON line each in `run.jsonl`, appended as they happen.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vestibule_model::diagnostic::Diagnostic;
use vestibule_model::{Confidence, GoodEnd, OrgKind, Owner, Verdict};

use super::{Details, Finding, SuiteResult};

/// Version of the event format.
pub(crate) const SCHEMA: u32 = 2;

/// Something that happened in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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
        /// Browser name and version, if one was started.
        browser: Option<String>,
        /// Number of workers.
        workers: usize,
        /// The cases of this run, in order; for a shard, only its own.
        cases: Vec<CaseInfo>,
        /// Digest of all selected cases and their text, the same for every shard; empty if an older version wrote it.
        #[serde(default)]
        suite: String,
        /// The part of the selected cases that this run took, if the run was split.
        #[serde(default)]
        shard: Option<Shard>,
        /// How copies of the user's own suite are kept apart, if several could run at the same time.
        #[serde(default)]
        copies: Option<Copies>,
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
    /// An attempt at a case ended. The last attempt of a case decides its verdict.
    CaseFinished {
        /// Id of the case.
        case: String,
        /// Number of the attempt, from 1.
        #[serde(default = "first")]
        attempt: u32,
        /// Whether the case is retried after this attempt.
        #[serde(default)]
        again: bool,
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

/// How copies of the user's own suite, which would use the same files, are kept apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Copies {
    /// Each works in an overlay of its repository, or of its folder alone; what it writes there is gone with it.
    Overlay,
    /// They run one at a time, for this reason.
    OneAtATime(String),
}

impl Copies {
    /// What is done and why, in one sentence.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Overlay => {
                "suites that ran at the same time each had an overlay of the folder in which they were started, or of the git \
                 repository around it: what they wrote there is gone, and every other folder was shared"
                    .to_owned()
            }
            Self::OneAtATime(why) => format!("suites ran one at a time, because {why}: copies would share their files"),
        }
    }
}

/// A part of a run that is split over machines: `2/3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Shard {
    /// Which part, from 1.
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

/// A case that is run several times, `--repeat`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Repeat {
    /// Id of the case without `#n`.
    pub case: String,
    /// Which run of it, from 1.
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

/// A selected case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CaseInfo {
    /// Stable id: `enforcement/admin.yaml:3` with `[n]` for a row of a matrix and `#n` for a repetition.
    pub id: String,
    /// Title, with the matrix point in brackets; the same for every run of a repeated case.
    pub title: String,
    /// File as the user gave it.
    pub file: String,
    /// Line of the title, from 1.
    pub line: u32,
    /// Tags.
    pub tags: Vec<String>,
    /// The condition, if this case is one.
    #[serde(default)]
    pub condition: Option<ConditionInfo>,
    /// Which run of its case it is, with `--repeat`.
    #[serde(default)]
    pub repeat: Option<Repeat>,
}

impl CaseInfo {
    /// The title, with the number of the run where the case is repeated: `An admin signs in (run 2 of 3)`.
    pub fn title_of_run(&self) -> Cow<'_, str> {
        match &self.repeat {
            Some(repeat) => format!("{} (run {} of {})", self.title, repeat.number, repeat.of).into(),
            None => self.title.as_str().into(),
        }
    }

    /// As lists and the matrix call it: the name of the condition, or the title; with the number of the run.
    pub fn name_of_run(&self) -> Cow<'_, str> {
        match (&self.condition, &self.repeat) {
            (None, _) => self.title_of_run(),
            (Some(condition), None) => condition.name.as_str().into(),
            (Some(condition), Some(repeat)) => {
                format!("{} (run {} of {})", condition.name, repeat.number, repeat.of).into()
            }
        }
    }
}

/// What is known about a condition before it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ConditionInfo {
    /// Stable name: `passkey-gate-hard`.
    pub name: String,
    /// What a good suite does there.
    pub good: GoodEnd,
    /// Who owns the fix if a suite stops there.
    pub owner: Owner,
    /// Whether it applies to these users on the date of the run.
    pub applies: bool,
    /// The date since which it is in force for them: `2026-07-20`; `None` if it always was.
    pub since: Option<String>,
    /// How certain the facts behind it are.
    pub confidence: Confidence,
    /// The fact behind it: a text, or a URL.
    #[serde(default)]
    pub fact: String,
    /// What to change if a suite stops, one sentence.
    #[serde(default)]
    pub remedy: String,
    /// The causes of a stop at this condition, as opposed to an earlier stop; empty if any cause counts.
    #[serde(default)]
    pub causes: Vec<String>,
    /// The kind of its org, whose dates these are; `None` where an older version wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<OrgKind>,
    /// What is different in the user's org and was not applied here, because the condition is about it: `gate=leavable`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_applied: Vec<String>,
    /// The options of the run as they were typed, without those that choose conditions or shape the output.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

/// The result of one attempt at a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// The realm's journal, redacted at the source. `at-ms` of an entry counts from the start of the case; older versions
    /// did not write it.
    pub journal: Vec<serde_json::Value>,
    /// Login History, redacted at the source.
    pub login_history: Vec<serde_json::Value>,
    /// PNG of the last page, base64; only for cases that did not pass.
    pub screenshot: Option<String>,
    /// Why the login stopped, if it did.
    #[serde(default)]
    pub finding: Option<Finding>,
    /// What a suite did, if one ran.
    #[serde(rename = "external", default)]
    pub suite: Option<SuiteResult>,
    /// The details that a report can open.
    #[serde(default)]
    pub details: Details,
}

impl CaseResult {
    /// A result of which nothing else is known.
    pub(crate) fn new(verdict: Verdict, duration_ms: u64, failures: Vec<Diagnostic>) -> Self {
        Self {
            verdict,
            duration_ms,
            failures,
            actions: Vec::new(),
            journal: Vec::new(),
            login_history: Vec::new(),
            screenshot: None,
            finding: None,
            suite: None,
            details: Details::default(),
        }
    }

    /// The pages that the browser was on, without repeats in a row.
    pub(crate) fn pages(&self) -> Vec<&str> {
        let mut pages: Vec<&str> = self.actions.iter().map(|action| action.page.as_str()).collect();
        pages.dedup();
        pages
    }

    /// What the org decided last, as its journal has it.
    pub(crate) fn decision(&self) -> Option<&serde_json::Value> {
        self.journal.iter().rev().find_map(|entry| entry["event"]["decided"].get("decision"))
    }

    /// The strength of the login in that decision: `phishing-resistant`, `standard` or `weak`.
    pub(crate) fn strength(&self) -> Option<&str> {
        self.decision()?["strength"].as_str()
    }
}

/// One action of the actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Action {
    /// Milliseconds since the start of the case.
    pub at_ms: u64,
    /// What was done: `type the username into #username`. Never a secret.
    pub what: String,
    /// Name of the page after it.
    pub page: String,
    /// URL after it, query values redacted.
    pub url: String,
}

/// Format 1 had only one attempt per case.
fn first() -> u32 {
    1
}
