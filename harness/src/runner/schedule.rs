//! Spreads the cases over workers, each with a browser of its own that is reset between cases.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use tokio::sync::{mpsc, watch};

use super::error::RunError;
use super::execute::{Executed, Means, PauseHook, execute};
use super::external;
use super::lease::Lease;
use super::options::RunOptions;
use super::workshop::Workshop;
use crate::outcome::{CaseInfo, RunEvent, SCHEMA, Verdict};
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
    let workers = worker_count(options, cases.len());
    sink(&RunEvent::RunStarted {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: format!("{:.0}", stopwatch::now()),
        browser: workshop.browser(),
        workers,
        cases: cases.iter().map(|case| info(case, options)).collect(),
        suite: String::new(),
        shard: None,
    });
    let (events, mut received) = mpsc::unbounded_channel();
    let shared = Arc::new(Shared {
        options: options.clone(),
        workshop: Arc::clone(&workshop),
        queue: Mutex::new(cases.into()),
        stopped: AtomicBool::new(false),
        pause,
        clock,
    });
    let tasks: Vec<_> = (0..workers)
        .map(|worker| tokio::spawn(work(Arc::clone(&shared), worker, events.clone(), stop.clone())))
        .collect();
    drop(events);
    while let Some(event) = received.recv().await {
        sink(&event);
    }
    for task in tasks {
        // A worker that panicked has lost its case, which is then reported as not finished.
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

async fn work(
    shared: Arc<Shared>,
    worker: usize,
    events: mpsc::UnboundedSender<RunEvent>,
    mut stop: watch::Receiver<bool>,
) {
    let mut lease = Lease::default();
    while let Some(case) = shared.next() {
        let id = case.id.clone();
        // The receiver lives until every worker is done.
        let _sent = events.send(RunEvent::CaseStarted { case: id, worker, at_ms: shared.clock.elapsed_ms() });
        let executed = tokio::select! {
            executed = perform(&shared, &mut lease, &case) => executed,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let passed = executed.result.verdict == Verdict::Passed;
        let event = RunEvent::CaseFinished {
            case: case.id,
            attempt: 1,
            at_ms: shared.clock.elapsed_ms(),
            result: Box::new(executed.result),
        };
        let event = match executed.redactor.redact_event(&event) {
            Ok(event) => event,
            Err(error) => withheld(event, &error.into()),
        };
        let _sent = events.send(event);
        if !passed && shared.options.fail_fast {
            shared.stopped.store(true, Ordering::Relaxed);
        }
    }
    lease.close().await;
}

/// Runs a case in the worker's browser, which is not used again where the case is Broken.
async fn perform(shared: &Shared, lease: &mut Lease, case: &Case) -> Executed {
    if let Some(steps) = external::sign_ins(case) {
        return external::execute(case, &steps, &shared.workshop, &shared.options).await;
    }
    let clock = Stopwatch::start();
    let session = match lease.take(&shared.workshop).await {
        Ok(session) => session,
        Err(error) => return Executed::broken(&error, &clock),
    };
    let options = &shared.options;
    let means =
        Means { workshop: &shared.workshop, session: &session, limit: options.timeout, snapshots: options.snapshots };
    let executed = execute(case, &means, shared.pause.as_ref()).await;
    if executed.result.verdict != Verdict::Broken {
        lease.put_back(session);
    }
    executed
}

/// A result whose secrets could not be redacted is not written at all.
fn withheld(event: RunEvent, error: &RunError) -> RunEvent {
    match event {
        RunEvent::CaseFinished { case, attempt, at_ms, .. } => {
            let result = Executed::broken(error, &Stopwatch::start()).result;
            RunEvent::CaseFinished { case, attempt, at_ms, result: Box::new(result) }
        }
        other => other,
    }
}

fn info(case: &Case, options: &RunOptions) -> CaseInfo {
    CaseInfo {
        id: case.id.clone(),
        title: case.title.clone(),
        file: case.file.clone(),
        line: case.line,
        tags: case.tags.clone(),
        condition: options.conditions.get(&case.id).cloned(),
        repeat: None,
    }
}

/// As many workers as cores, four at the most: a browser fills a core.
fn worker_count(options: &RunOptions, cases: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    options.workers.map_or(cores.min(MOST_WORKERS), usize::from).clamp(1, cases.max(1))
}

const MOST_WORKERS: usize = 4;
