//! The outcome, folded from the events.

use std::collections::HashMap;

use super::Verdict;
use super::event::{CaseInfo, CaseResult, Copies, RunEvent, Shard};
use super::suite_location::SuiteLocation;

/// The outcome of a run, as far as its events show it.
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
    /// Digest of all selected cases.
    pub suite: String,
    /// The part of the selected cases that ran, if the run was split.
    pub shard: Option<Shard>,
    /// How copies of the user's own suite were kept apart, if several could run at the same time.
    pub copies: Option<Copies>,
    /// Every case of this run, in order.
    pub cases: Vec<CaseOutcome>,
    /// Duration in milliseconds, up to the last event.
    pub duration_ms: u64,
    /// Whether the last event was seen.
    pub finished: bool,
    /// Whether the run was interrupted.
    pub interrupted: bool,
    /// Where each case is in [`Self::cases`], by its id.
    pub(crate) places: HashMap<String, usize>,
}

/// A selected case and its result.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseOutcome {
    /// The case.
    pub info: CaseInfo,
    /// The last attempt; `None` if none finished.
    pub result: Option<CaseResult>,
    /// The attempts before the last one, oldest first.
    pub earlier: Vec<CaseResult>,
    /// When each attempt ran, and on which worker; includes an attempt that did not finish.
    pub spans: Vec<Span>,
}

/// When an attempt at a case ran. Milliseconds since the start of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Worker, from 0.
    pub worker: usize,
    /// Start.
    pub from_ms: u64,
    /// End; `None` if it did not finish.
    pub to_ms: Option<u64>,
}

impl CaseOutcome {
    fn of(info: CaseInfo) -> Self {
        Self { info, result: None, earlier: Vec::new(), spans: Vec::new() }
    }

    /// The verdict; a case that did not finish was skipped.
    pub fn verdict(&self) -> Verdict {
        self.result.as_ref().map_or(Verdict::Skipped, |result| result.verdict)
    }

    /// Whether it passed after an attempt that failed, so its result changes from run to run.
    pub fn is_flaky(&self) -> bool {
        self.verdict() == Verdict::Passed && self.earlier.iter().any(|attempt| attempt.verdict == Verdict::Failed)
    }

    /// Whether it passed after trouble with the browser, the driver or the machine, and never failed.
    pub fn is_recovered(&self) -> bool {
        self.verdict() == Verdict::Passed && !self.earlier.is_empty() && !self.is_flaky()
    }

    /// Where the user's own suite failed in its own code, as far as its output tells.
    pub fn failed_at(&self) -> Option<&SuiteLocation> {
        self.result.as_ref()?.suite.as_ref()?.failed_at.as_ref()
    }

    /// How many attempts ended.
    pub fn attempts(&self) -> usize {
        self.earlier.len() + usize::from(self.result.is_some())
    }
}

/// How many cases ended with each verdict.
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

/// How the runs of one case ended, with `--repeat`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Repeated<'a> {
    /// The first of its runs.
    pub case: &'a CaseOutcome,
    /// How many runs passed.
    pub passed: usize,
    /// How many runs were requested.
    pub of: usize,
}

impl RunOutcome {
    /// Folds events, oldest first.
    pub(crate) fn fold<'a>(events: impl IntoIterator<Item = &'a RunEvent>) -> Self {
        let mut outcome = Self::default();
        for event in events {
            outcome.apply(event);
        }
        outcome
    }

    /// Takes one more event into account.
    pub(crate) fn apply(&mut self, event: &RunEvent) {
        match event {
            RunEvent::RunStarted { version, started_at, browser, workers, cases, suite, shard, copies, .. } => {
                self.version.clone_from(version);
                self.started_at.clone_from(started_at);
                self.browser.clone_from(browser);
                self.workers = *workers;
                self.suite.clone_from(suite);
                self.shard = *shard;
                self.copies.clone_from(copies);
                self.cases = cases.iter().cloned().map(CaseOutcome::of).collect();
                self.places = cases.iter().zip(0..).map(|(case, at)| (case.id.clone(), at)).collect();
            }
            RunEvent::CaseStarted { case, worker, at_ms } => {
                self.duration_ms = self.duration_ms.max(*at_ms);
                self.case(case).spans.push(Span { worker: *worker, from_ms: *at_ms, to_ms: None });
            }
            RunEvent::CaseFinished { case, at_ms, result, .. } => {
                self.duration_ms = self.duration_ms.max(*at_ms);
                let found = self.case(case);
                if let Some(span) = found.spans.last_mut() {
                    span.to_ms = Some(*at_ms);
                }
                found.earlier.extend(found.result.replace(result.as_ref().clone()));
            }
            RunEvent::RunFinished { at_ms, interrupted } => {
                self.duration_ms = self.duration_ms.max(*at_ms);
                self.finished = true;
                self.interrupted = *interrupted;
            }
        }
    }

    /// The cases that passed after an attempt that failed.
    pub fn flaky(&self) -> impl Iterator<Item = &CaseOutcome> {
        self.cases.iter().filter(|case| case.is_flaky())
    }

    /// The cases that passed after trouble with the browser, the driver or the machine.
    pub fn recovered(&self) -> impl Iterator<Item = &CaseOutcome> {
        self.cases.iter().filter(|case| case.is_recovered())
    }

    /// Every case with several runs, in order.
    pub fn repeated(&self) -> Vec<Repeated<'_>> {
        // The runs of a case stand side by side.
        let runs = self.cases.chunk_by(|one, next| repeats(one) == repeats(next));
        let repeated = runs.filter_map(|runs| {
            let case = runs.first()?;
            let of = usize::try_from(case.info.repeat.as_ref()?.of).unwrap_or(usize::MAX);
            Some(Repeated { case, passed: runs.iter().filter(|run| run.verdict() == Verdict::Passed).count(), of })
        });
        repeated.collect()
    }

    /// How many cases ended with each verdict.
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

    /// The case with this id. If the first line is damaged and does not name the case, it is created from its id, so
    /// that its results are shown.
    fn case(&mut self, id: &str) -> &mut CaseOutcome {
        let at = self.places.get(id).copied().unwrap_or_else(|| {
            self.cases.push(CaseOutcome::of(unnamed(id)));
            self.places.insert(id.to_owned(), self.cases.len() - 1);
            self.cases.len() - 1
        });
        &mut self.cases[at]
    }
}

/// The id of the case that is repeated.
fn repeats(run: &CaseOutcome) -> Option<&str> {
    run.info.repeat.as_ref().map(|repeat| repeat.case.as_str())
}

fn unnamed(id: &str) -> CaseInfo {
    let (file, rest) = id.rsplit_once(':').unwrap_or((id, ""));
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    CaseInfo {
        id: id.to_owned(),
        title: id.to_owned(),
        file: file.to_owned(),
        line: rest[..digits].parse().unwrap_or(1),
        tags: Vec::new(),
        condition: None,
        repeat: None,
    }
}

#[cfg(test)]
mod tests;
