//! Spreads the cases over workers, each with a browser of its own that is reset between cases.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt as _;
use parking_lot::Mutex;
use tokio::sync::{mpsc, watch};

use super::attempts::Attempts;
use super::case::{Executed, run_case};
use super::case_context::CaseContext;
use super::case_turns::CaseTurns;
use super::error::Broken;
use super::options::RunOptions;
use super::performer::{Performer, suite_sign_ins};
use super::pooled_browser::PooledBrowser;
use super::run_context::{PauseHook, RunContext};
use super::shard::Plan;
use super::suite_turns::SuiteTurns;
use crate::outcome::{CaseResult, RunEvent, SCHEMA, Verdict, redact_event};
use crate::scenario::Case;
use crate::stopwatch::{self, Stopwatch};

/// Runs these cases. Passes every event to `sink` as it happens, with secrets redacted.
///
/// `stop` ends the run early: running cases are abandoned, the others are skipped. `pause` is called once, after the first
/// case that did not pass, while its browser and its realm still exist.
///
/// # Errors
///
/// If there is no browser, no keys or no temporary folder; then nothing ran. A later error breaks only its own case.
pub(crate) async fn run(
    options: &RunOptions,
    cases: Vec<Case>,
    stop: watch::Receiver<bool>,
    pause: Option<PauseHook>,
    mut sink: impl FnMut(&RunEvent),
) -> Result<(), Broken> {
    let clock = Stopwatch::start();
    let context = Arc::new(RunContext::open(options.clone(), pause).await?);
    let plan = Plan::new(cases, options.repeat, options.shard);
    let suites = plan.cases.iter().filter(|planned| suite_sign_ins(&planned.case).is_some()).count();
    let workers = worker_count(options, plan.cases.len(), suites);
    let turns = SuiteTurns::new(suites, workers, &context).await;
    sink(&started(&plan, options, &context, workers, &turns).await);
    let (events, mut received) = mpsc::unbounded_channel();
    let schedule = Arc::new(Schedule {
        context: Arc::clone(&context),
        queue: Mutex::new(plan.cases.into_iter().map(|planned| planned.case).collect()),
        stopped: AtomicBool::new(false),
        cases: CaseTurns::new(workers),
        suites: turns,
        clock,
    });
    let tasks: Vec<_> = (0..workers)
        .map(|worker| {
            let (schedule, events, stop) = (Arc::clone(&schedule), events.clone(), stop.clone());
            tokio::spawn(Worker { schedule, number: worker, events, stop }.work())
        })
        .collect();
    drop(events);
    while let Some(event) = received.recv().await {
        sink(&event);
    }
    for task in tasks {
        // Each case catches its own panic, so a worker has none to report.
        let _ended = task.await;
    }
    drop(schedule);
    sink(&RunEvent::RunFinished { at_ms: clock.elapsed_ms(), interrupted: *stop.borrow() });
    if let Some(context) = Arc::into_inner(context) {
        context.close().await;
    }
    Ok(())
}

/// What is known about a run before its first case.
async fn started(
    plan: &Plan,
    options: &RunOptions,
    context: &RunContext,
    workers: usize,
    turns: &SuiteTurns,
) -> RunEvent {
    RunEvent::RunStarted {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: format!("{:.0}", stopwatch::now()),
        browser: context.browser().await,
        workers,
        cases: plan.cases.iter().map(|planned| planned.info(options)).collect(),
        suite: plan.suite.clone(),
        shard: options.shard,
        copies: turns.copies(),
    }
}

/// The cases that are left, and what the workers share besides the context of the run.
struct Schedule {
    context: Arc<RunContext>,
    queue: Mutex<VecDeque<Case>>,
    /// Set by the first case that did not pass, with `--fail-fast`.
    stopped: AtomicBool,
    cases: CaseTurns,
    suites: SuiteTurns,
    clock: Stopwatch,
}

impl Schedule {
    fn next(&self) -> Option<Case> {
        if self.stopped.load(Ordering::Relaxed) { None } else { self.queue.lock().pop_front() }
    }
}

/// Runs one case after the other in a browser of its own.
struct Worker {
    schedule: Arc<Schedule>,
    /// From 0.
    number: usize,
    events: mpsc::UnboundedSender<RunEvent>,
    stop: watch::Receiver<bool>,
}

impl Worker {
    async fn work(mut self) {
        let mut browser = PooledBrowser::default();
        while !self.is_interrupted()
            && let Some(case) = self.schedule.next()
        {
            let passed = self.attempts(&mut browser, &case).await;
            if !passed && self.schedule.context.options.fail_fast {
                self.schedule.stopped.store(true, Ordering::Relaxed);
            }
        }
        browser.close().await;
    }

    /// Tries a case until it passes or has no attempt left. A retry runs alone, in a browser of its own. Returns whether
    /// the case passed.
    async fn attempts(&mut self, browser: &mut PooledBrowser, case: &Case) -> bool {
        let mut left = Attempts::new(self.schedule.context.options.retries);
        for attempt in 1.. {
            let _turn = tokio::select! {
                turn = self.schedule.cases.take(attempt) => turn,
                _ = self.stop.wait_for(|stop| *stop) => None,
            };
            if attempt > 1 {
                std::mem::take(browser).close().await;
            }
            self.tell(RunEvent::CaseStarted { case: case.id.clone(), worker: self.number, at_ms: self.at_ms() });
            let executed = tokio::select! {
                executed = run_or_break(&self.schedule, browser, case, left) => executed,
                _ = self.stop.wait_for(|stop| *stop) => Executed::interrupted(),
            };
            let verdict = executed.result.verdict;
            // An earlier attempt says more about a case than an abandoned one.
            if verdict != Verdict::Skipped || attempt == 1 {
                let again = executed.may_pass && left.again(verdict) && !self.is_interrupted();
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
        let mut event = redact_event(&executed.redactor, &finished(executed.result)).unwrap_or_else(|error| {
            finished(Executed::broken(&Broken::RedactedEvent(error), &Stopwatch::start()).result)
        });
        // The id was announced before: a redacted id would match no case.
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
        self.schedule.clock.elapsed_ms()
    }
}

/// As [`perform`]. A case that panics is Broken, and its browser, whose state is unknown, is not used again.
async fn run_or_break(schedule: &Schedule, browser: &mut PooledBrowser, case: &Case, attempts: Attempts) -> Executed {
    let clock = Stopwatch::start();
    let ended = AssertUnwindSafe(perform(schedule, browser, case, attempts)).catch_unwind().await;
    ended.unwrap_or_else(|panic| Executed::broken(&Broken::panicked(panic.as_ref()), &clock))
}

/// Runs a case with its suite, or with our actors in the worker's browser, which is not used again if the case is
/// Broken.
async fn perform(schedule: &Schedule, browser: &mut PooledBrowser, case: &Case, attempts: Attempts) -> Executed {
    let begin = || {
        let (clock, overlay) = (Stopwatch::start(), schedule.suites.overlay());
        CaseContext { case, clock, run: &schedule.context, attempts, overlay }
    };
    if let Some(steps) = suite_sign_ins(case) {
        let _turn = schedule.suites.take().await;
        return run_case(&Performer::Suite(steps), &begin()).await;
    }
    let clock = Stopwatch::start();
    let session = match browser.take(&schedule.context, schedule.context.options.isolation).await {
        Ok(session) => session,
        Err(error) => return Executed::broken(&error, &clock),
    };
    let executed = run_case(&Performer::Actors(&session), &begin()).await;
    if executed.result.verdict != Verdict::Broken {
        browser.put_back(session);
    }
    executed
}

/// Two workers for each core, since our own cases sometimes wait: for a late page, a TOTP window, another process. One
/// worker if the user's own suites run: their browsers fill a core.
fn worker_count(options: &RunOptions, cases: usize, suites: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let chosen = if suites > 0 { 1 } else { (2 * cores).min(MOST_BROWSERS) };
    options.workers.map_or(chosen, usize::from).clamp(1, cases.max(1))
}

const MOST_BROWSERS: usize = 8;
