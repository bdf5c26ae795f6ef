//! Spreads the cases over workers, each with a browser of its own that is reset between cases.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::{mpsc, watch};

use super::attempts::Attempts;
use super::case::{Executed, run_case};
use super::case_context::CaseContext;
use super::case_queue::{CaseQueue, QueuedCase};
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
        queue: CaseQueue::new(
            plan.cases.into_iter().map(|planned| planned.case),
            Attempts::new(options.retries, context.browsers_are_elsewhere()),
        ),
        cases: CaseTurns::new(workers),
        suites: turns,
        clock,
    });
    let tasks: Vec<_> = (0..workers)
        .map(|worker| {
            let (schedule, events, stop) = (Arc::clone(&schedule), events.clone(), stop.clone());
            tokio::spawn(Worker { schedule, number: worker, events, stop, drives: false }.work())
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
    queue: CaseQueue,
    cases: CaseTurns,
    suites: SuiteTurns,
    clock: Stopwatch,
}

/// Runs one case after the other in a browser of its own.
struct Worker {
    schedule: Arc<Schedule>,
    /// From 0.
    number: usize,
    events: mpsc::UnboundedSender<RunEvent>,
    stop: watch::Receiver<bool>,
    /// Whether it counts among the workers that have a browser.
    drives: bool,
}

impl Worker {
    async fn work(mut self) {
        let mut browser = PooledBrowser::default();
        while !self.is_interrupted() {
            self.wait_for_browser(&mut browser).await;
            let Some(next) = self.schedule.queue.take() else { break };
            let ended = self.attempts(&mut browser, next).await;
            self.drives(!browser.is_none());
            let Some(passed) = ended else { continue };
            self.schedule.queue.finished_one();
            if !passed && self.schedule.context.options.fail_fast {
                self.schedule.queue.stop();
            }
        }
        self.drives(false);
        browser.close().await;
    }

    /// Waits for a browser on a server elsewhere before a case is taken: if that server has fewer places than there are
    /// workers, or loses some, the cases go to the workers that have a browser. Waits no longer once all cases are done, or no
    /// worker will get a browser.
    async fn wait_for_browser(&mut self, browser: &mut PooledBrowser) {
        let schedule = Arc::clone(&self.schedule);
        let (context, queue) = (&schedule.context, &schedule.queue);
        if !context.browsers_are_elsewhere() || !queue.next_needs_browser() {
            return;
        }
        browser.reset(context.options.isolation).await;
        self.drives(browser.is_ready());
        let mut failures = 0;
        while !browser.is_ready() && queue.given_up().is_none() {
            let over = async {
                queue.is_over().await;
                // A place that becomes free now is given to this worker, which then frees it at once.
                tokio::time::sleep(LAST_BROWSER_LIMIT).await;
            };
            let opened = tokio::select! {
                opened = context.session() => opened,
                () = over => return,
                _ = self.stop.wait_for(|stop| *stop) => return,
            };
            match opened {
                Ok(session) => {
                    *browser = PooledBrowser::Ready(session);
                    self.drives(true);
                }
                Err(error) => {
                    failures += 1;
                    if !queue.is_driven() && failures >= OPENING_TRIES {
                        queue.give_up(error.diagnostic());
                    } else {
                        tokio::time::sleep(OPENING_PAUSE).await;
                    }
                }
            }
        }
    }

    /// Counts this worker among those that have a browser, or no longer.
    fn drives(&mut self, drives: bool) {
        match (self.drives, drives) {
            (false, true) => self.schedule.queue.begins_driving(),
            (true, false) => self.schedule.queue.ends_driving(),
            _ => {}
        }
        self.drives = drives;
    }

    /// Tries a case until it passes or has no attempt left. A retry runs alone, in a browser of its own; where browsers are
    /// elsewhere it is queued, since a worker may be without a browser for long, and others use that server anyway. Returns
    /// whether the case passed; `None` if it was queued.
    async fn attempts(&mut self, browser: &mut PooledBrowser, queued: QueuedCase) -> Option<bool> {
        let QueuedCase { case, attempt: first, mut left } = queued;
        let elsewhere = self.schedule.context.browsers_are_elsewhere() && suite_sign_ins(&case).is_none();
        for attempt in first.. {
            let alone = attempt > first;
            let _turn = tokio::select! {
                turn = self.schedule.cases.take(alone) => turn,
                _ = self.stop.wait_for(|stop| *stop) => None,
            };
            if alone {
                std::mem::take(browser).close().await;
            }
            self.tell(RunEvent::CaseStarted { case: case.id.clone(), worker: self.number, at_ms: self.at_ms() });
            let executed = tokio::select! {
                executed = run_or_break(&self.schedule, browser, &case, left) => executed,
                _ = self.stop.wait_for(|stop| *stop) => Executed::interrupted(),
            };
            let verdict = executed.result.verdict;
            // An earlier attempt says more about a case than an abandoned one.
            if verdict != Verdict::Skipped || attempt == 1 {
                let again = executed.may_pass && left.again(verdict) && !self.is_interrupted();
                self.finished(&case, attempt, again, executed);
                if again && elsewhere {
                    self.schedule.queue.put_back(QueuedCase { case, attempt: attempt + 1, left });
                    return None;
                }
                if again {
                    continue;
                }
            }
            return Some(verdict == Verdict::Passed);
        }
        Some(false)
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
    if browser.is_none()
        && let Some(why) = schedule.queue.given_up()
    {
        return Executed::without_browser(why);
    }
    let clock = Stopwatch::start();
    let session = match browser.take(&schedule.context, schedule.context.options.isolation).await {
        Ok(session) => session,
        Err(error) => return Executed::broken(&error, &clock),
    };
    let executed = run_case(&Performer::Actors(&session), &begin()).await;
    if executed.result.verdict != Verdict::Broken {
        browser.put_back(session, schedule.context.options.isolation);
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
/// How often a server elsewhere may refuse a browser while no worker has one.
const OPENING_TRIES: u32 = 3;
const OPENING_PAUSE: Duration = Duration::from_secs(1);
/// How long a worker still waits for a browser that it asked for when all cases are done.
const LAST_BROWSER_LIMIT: Duration = Duration::from_secs(10);
