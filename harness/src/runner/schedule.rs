//! Spreads the cases over workers, each with a browser of its own that is reset between cases.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt as _;
use parking_lot::Mutex;
use tokio::sync::{mpsc, watch};
use vestibule_model::diagnostic::Diagnostic;

use super::attempts::Attempts;
use super::error::RunError;
use super::execute::{Executed, Means, PauseHook, execute};
use super::external;
use super::lease::Lease;
use super::options::RunOptions;
use super::shard::{Plan, Planned};
use super::workshop::Workshop;
use crate::outcome::{CaseResult, Redactor, RedactorError, RunEvent, SCHEMA, Verdict};
use crate::scenario::Case;
use crate::stopwatch::{self, Stopwatch};

/// Runs these cases. Every event is handed to `sink` as it happens, secrets redacted.
///
/// `stop` ends the run early: cases under way are given up, the others are skipped. `pause` is called after a case that
/// did not pass, while its browser and its realm are still there.
///
/// # Errors
///
/// When there is no browser, no keys or no temporary folder: nothing ran then. What breaks later breaks its case only.
pub async fn run(
    options: &RunOptions,
    cases: Vec<Case>,
    stop: watch::Receiver<bool>,
    pause: Option<PauseHook>,
    mut sink: impl FnMut(&RunEvent),
) -> Result<(), RunError> {
    let clock = Stopwatch::start();
    let workshop = Arc::new(Workshop::open(options).await?);
    let plan = Plan::new(cases, options.repeat, options.shard);
    let workers = worker_count(options, &plan.cases);
    sink(&RunEvent::RunStarted {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: format!("{:.0}", stopwatch::now()),
        browser: workshop.browser().await,
        workers,
        cases: plan.cases.iter().map(|planned| planned.info(options)).collect(),
        suite: plan.suite,
        shard: options.shard,
    });
    let (events, mut received) = mpsc::unbounded_channel();
    let shared = Arc::new(Shared {
        options: options.clone(),
        workshop: Arc::clone(&workshop),
        queue: Mutex::new(plan.cases.into_iter().map(|planned| planned.case).collect()),
        stopped: AtomicBool::new(false),
        pause,
        clock,
    });
    let tasks: Vec<_> = (0..workers)
        .map(|worker| {
            let desk = Desk { shared: Arc::clone(&shared), worker, events: events.clone(), stop: stop.clone() };
            tokio::spawn(desk.work())
        })
        .collect();
    drop(events);
    while let Some(event) = received.recv().await {
        sink(&event);
    }
    for task in tasks {
        // Every case was caught where it panicked; a worker has nothing else to lose.
        let _ended = task.await;
    }
    drop(shared);
    sink(&RunEvent::RunFinished { at_ms: clock.elapsed_ms(), interrupted: *stop.borrow() });
    if let Some(workshop) = Arc::into_inner(workshop) {
        workshop.close().await;
    }
    Ok(())
}

struct Shared {
    options: RunOptions,
    workshop: Arc<Workshop>,
    queue: Mutex<VecDeque<Case>>,
    /// Set by the first case that did not pass, with `--fail-fast`.
    stopped: AtomicBool,
    pause: Option<PauseHook>,
    clock: Stopwatch,
}

impl Shared {
    fn next(&self) -> Option<Case> {
        if self.stopped.load(Ordering::Relaxed) { None } else { self.queue.lock().pop_front() }
    }
}

/// The place of one worker.
struct Desk {
    shared: Arc<Shared>,
    worker: usize,
    events: mpsc::UnboundedSender<RunEvent>,
    stop: watch::Receiver<bool>,
}

impl Desk {
    async fn work(mut self) {
        let mut lease = Lease::default();
        while !self.is_interrupted()
            && let Some(case) = self.shared.next()
        {
            let passed = self.attempts(&mut lease, &case).await;
            if !passed && self.shared.options.fail_fast {
                self.shared.stopped.store(true, Ordering::Relaxed);
            }
        }
        lease.close().await;
    }

    /// Tries a case until it passes or has no attempt left; whether it passed.
    async fn attempts(&mut self, lease: &mut Lease, case: &Case) -> bool {
        let mut left = Attempts::new(self.shared.options.retries);
        for attempt in 1.. {
            self.tell(RunEvent::CaseStarted { case: case.id.clone(), worker: self.worker, at_ms: self.at_ms() });
            let executed = tokio::select! {
                executed = perform_or_break(&self.shared, lease, case) => executed,
                _ = self.stop.wait_for(|stop| *stop) => Executed::interrupted(),
            };
            let verdict = executed.result.verdict;
            // An earlier attempt says more of a case than one that was given up.
            if verdict != Verdict::Skipped || attempt == 1 {
                let again = left.again(verdict) && !self.is_interrupted();
                self.finished(case, attempt, again, executed);
                if again {
                    continue;
                }
            }
            return verdict == Verdict::Passed;
        }
        false
    }

    fn finished(&self, case: &Case, attempt: u32, again: bool, executed: Executed) {
        let finished = |result: CaseResult| RunEvent::CaseFinished {
            case: case.id.clone(),
            attempt,
            again,
            at_ms: self.at_ms(),
            result: Box::new(result),
        };
        // A result whose secrets could not be redacted is not written at all.
        let withheld = |error: RedactorError| finished(Executed::broken(&error.into(), &Stopwatch::start()).result);
        let mut event = executed.redactor.redact_event(&finished(executed.result)).unwrap_or_else(withheld);
        // The id was told before: redacted, it would be that of no case.
        if let RunEvent::CaseFinished { case: id, .. } = &mut event {
            id.clone_from(&case.id);
        }
        self.tell(event);
    }

    fn tell(&self, event: RunEvent) {
        // The receiver lives until every worker is done.
        let _sent = self.events.send(event);
    }

    fn is_interrupted(&self) -> bool {
        *self.stop.borrow()
    }

    fn at_ms(&self) -> u64 {
        self.shared.clock.elapsed_ms()
    }
}

/// As [`perform`]; a case that panics is Broken, and its browser, in a state that nobody knows, is not used again.
async fn perform_or_break(shared: &Shared, lease: &mut Lease, case: &Case) -> Executed {
    let clock = Stopwatch::start();
    let performed = AssertUnwindSafe(perform(shared, lease, case)).catch_unwind().await;
    performed.unwrap_or_else(|panic| Executed::broken(&RunError::panicked(panic.as_ref()), &clock))
}

/// Runs a case in the worker's browser, which is not used again where the case is Broken.
async fn perform(shared: &Shared, lease: &mut Lease, case: &Case) -> Executed {
    if let Some(steps) = external::sign_ins(case) {
        return external::execute(case, &steps, &shared.workshop, &shared.options).await;
    }
    let clock = Stopwatch::start();
    let session = match lease.take(&shared.workshop, shared.options.isolation).await {
        Ok(session) => session,
        Err(error) => return Executed::broken(&error, &clock),
    };
    let options = &shared.options;
    let means = Means {
        workshop: &shared.workshop,
        session: &session,
        limit: options.timeout,
        snapshots: options.snapshots,
        shots: options.shots,
    };
    let executed = execute(case, &means, shared.pause.as_ref()).await;
    if executed.result.verdict != Verdict::Broken {
        lease.put_back(session);
    }
    executed
}

impl Executed {
    /// A case that was given up.
    fn interrupted() -> Self {
        let why = Diagnostic::new("interrupted", "the run was interrupted while this case was under way");
        Self { result: CaseResult::new(Verdict::Skipped, 0, vec![why]), redactor: Redactor::default() }
    }
}

/// Two workers for each core, since a case of ours waits now and then: for a page that comes late, for a TOTP window, for
/// another process. One where suites of the user's own run, which bring browsers that fill a core.
/// A suite writes into folders of its own, such as `test-results` and `target`, and two of them at a time would clear away
/// one another's files.
fn worker_count(options: &RunOptions, cases: &[Planned]) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let external = cases.iter().any(|planned| external::sign_ins(&planned.case).is_some());
    let chosen = if external { 1 } else { (2 * cores).min(MOST_BROWSERS) };
    options.workers.map_or(chosen, usize::from).clamp(1, cases.len().max(1))
}

const MOST_BROWSERS: usize = 8;
