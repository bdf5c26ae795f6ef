//! The outcome: a fold of the events.

use super::event::{CaseInfo, CaseResult, RunEvent, Verdict};

/// What became of a run, as far as its events tell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunOutcome {
    /// Version of the program that ran.
    pub version: String,
    /// Start, RFC 3339, UTC.
    pub started_at: String,
    /// Browser name and version.
    pub browser: Option<String>,
    /// Number of workers.
    pub workers: usize,
    /// Every selected case, in order.
    pub cases: Vec<CaseOutcome>,
    /// Duration in milliseconds, up to the last event.
    pub duration_ms: u64,
    /// Whether the last event was seen.
    pub finished: bool,
    /// Whether the run was interrupted.
    pub interrupted: bool,
}

/// A selected case and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseOutcome {
    /// The case.
    pub info: CaseInfo,
    /// The last attempt; `None` where none finished.
    pub result: Option<CaseResult>,
    /// The attempts before the last one, oldest first.
    pub earlier: Vec<CaseResult>,
    /// When each attempt ran, and where; an attempt that did not finish is among them.
    pub spans: Vec<Span>,
}

/// When an attempt at a case ran. Milliseconds since the start of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Worker, from 0.
    pub worker: usize,
    /// Start.
    pub from_ms: u64,
    /// End; `None` where it did not finish.
    pub to_ms: Option<u64>,
}

impl CaseOutcome {
    /// The verdict; a case that did not finish was skipped.
    pub fn verdict(&self) -> Verdict {
        self.result.as_ref().map_or(Verdict::Skipped, |result| result.verdict)
    }

    /// Whether it passed after an attempt that failed: the case says one thing today and another tomorrow.
    pub fn is_flaky(&self) -> bool {
        self.verdict() == Verdict::Passed && self.earlier.iter().any(|attempt| attempt.verdict == Verdict::Failed)
    }
}

/// How many cases ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
    /// Broken.
    pub broken: usize,
    /// Skipped.
    pub skipped: usize,
}

/// The exit codes of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// Every case passed.
    Passed = 0,
    /// A login failed an expectation.
    Failed = 1,
    /// Wrong usage, or a scenario that cannot be read.
    Usage = 2,
    /// Our tooling or the environment broke.
    Broken = 3,
    /// Nothing was selected.
    NothingSelected = 4,
    /// Interrupted.
    Interrupted = 130,
}

impl RunOutcome {
    /// Folds events, oldest first.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a RunEvent>) -> Self {
        let mut outcome = Self::default();
        for event in events {
            outcome.apply(event);
        }
        outcome
    }

    /// Takes one more event into account.
    pub fn apply(&mut self, event: &RunEvent) {
        match event {
            RunEvent::RunStarted { version, started_at, browser, workers, cases, .. } => {
                self.version.clone_from(version);
                self.started_at.clone_from(started_at);
                self.browser.clone_from(browser);
                self.workers = *workers;
                self.cases = cases
                    .iter()
                    .map(|info| CaseOutcome {
                        info: info.clone(),
                        result: None,
                        earlier: Vec::new(),
                        spans: Vec::new(),
                    })
                    .collect();
            }
            RunEvent::CaseStarted { case, worker, at_ms } => {
                self.duration_ms = self.duration_ms.max(*at_ms);
                if let Some(found) = self.cases.iter_mut().find(|outcome| outcome.info.id == *case) {
                    found.spans.push(Span { worker: *worker, from_ms: *at_ms, to_ms: None });
                }
            }
            RunEvent::CaseFinished { case, at_ms, result, .. } => {
                self.duration_ms = self.duration_ms.max(*at_ms);
                if let Some(found) = self.cases.iter_mut().find(|outcome| outcome.info.id == *case) {
                    if let Some(span) = found.spans.last_mut() {
                        span.to_ms = Some(*at_ms);
                    }
                    found.earlier.extend(found.result.replace(result.as_ref().clone()));
                }
            }
            RunEvent::RunFinished { at_ms, interrupted } => {
                self.duration_ms = self.duration_ms.max(*at_ms);
                self.finished = true;
                self.interrupted = *interrupted;
            }
        }
    }

    /// How many cases ended how.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for case in &self.cases {
            match case.verdict() {
                Verdict::Passed => counts.passed += 1,
                Verdict::Failed => counts.failed += 1,
                Verdict::Broken => counts.broken += 1,
                Verdict::Skipped => counts.skipped += 1,
            }
        }
        counts
    }

    /// The exit code: interrupted before everything, then broken before failed.
    pub fn exit_code(&self) -> ExitCode {
        let counts = self.counts();
        if self.interrupted {
            ExitCode::Interrupted
        } else if self.cases.is_empty() {
            ExitCode::NothingSelected
        } else if counts.broken > 0 {
            ExitCode::Broken
        } else if counts.failed > 0 {
            ExitCode::Failed
        } else {
            ExitCode::Passed
        }
    }
}
