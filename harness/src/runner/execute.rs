//! One case, from its realm to its verdict.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use vestibule_model::diagnostic::Diagnostic;

use super::error::RunError;
use super::expect::{self, BrowserView, Failure, SnapshotContext, Witness};
use super::options::Shots;
use super::steps::{self, Stage};
use super::twin;
use super::workshop::Workshop;
use super::world::World;
use super::{details, diagnose};
use crate::browser::WebDriverSession;
use crate::outcome::{CaseResult, Redactor, Verdict};
use crate::scenario::Case;
use crate::scenario::model::{Expect, Step};
use crate::snapshot::{SnapshotMode, folder_beside};
use crate::stopwatch::Stopwatch;
use crate::trace::Trace;

/// What became of a case, with the redactor that knows its secrets.
pub(super) struct Executed {
    pub(super) result: CaseResult,
    pub(super) redactor: Redactor,
}

/// Called after a case that did not pass; returns when the person has seen enough.
pub type PauseHook = Arc<dyn Fn(&str) + Send + Sync>;

/// With what a case is run.
#[derive(Clone, Copy)]
pub(super) struct Means<'a> {
    pub(super) workshop: &'a Workshop,
    pub(super) session: &'a WebDriverSession,
    /// How long the case may take.
    pub(super) limit: Duration,
    pub(super) snapshots: SnapshotMode,
    pub(super) shots: Shots,
}

/// Runs one case in this browser.
pub(super) async fn execute(case: &Case, means: &Means<'_>, pause: Option<&PauseHook>) -> Executed {
    let clock = Stopwatch::start();
    let mut trace = Trace::start();
    let mut world = match World::start(case, &means.workshop.certs).await {
        Ok(world) => world,
        Err(error) => return Executed::broken(&error, &clock),
    };
    let mut secrets = world.secrets();
    let played = tokio::time::timeout(means.limit, play(case, &mut world, means, &mut trace)).await;
    secrets.extend(world.secrets());
    let (verdict, failures) = match played {
        Ok(Ok(failures)) => twin::verdict(case, failures),
        Ok(Err(error)) => (Verdict::Broken, vec![error.diagnostic()]),
        Err(_) => (Verdict::Broken, vec![out_of_time(means.limit, &trace)]),
    };
    let last = details::last_page(means, verdict, &clock).await;
    if let Some(pause) = pause.filter(|_| verdict != Verdict::Passed) {
        let (pause, title) = (Arc::clone(pause), case.title.clone());
        // A hook that panicked has ended the pause.
        let _ended = tokio::task::spawn_blocking(move || pause(&title)).await;
    }
    let details = details::collect(&world, means, verdict, &clock, &last).await;
    let redactor = match Redactor::new(secrets) {
        Ok(redactor) => redactor,
        Err(error) => return Executed::broken(&error.into(), &clock),
    };
    // A broken case says nothing about the login.
    let finding = if verdict == Verdict::Broken { None } else { diagnose::finding(&world, &trace) };
    let result = CaseResult {
        actions: trace.into_actions(),
        journal: values(&world.realm.journal.all()),
        login_history: values(&world.realm.login_history.all()),
        screenshot: last.screenshot,
        finding,
        details,
        ..CaseResult::new(verdict, clock.elapsed_ms(), failures)
    };
    Executed { result, redactor }
}

impl Executed {
    pub(super) fn broken(error: &RunError, clock: &Stopwatch) -> Self {
        let result = CaseResult::new(Verdict::Broken, clock.elapsed_ms(), vec![error.diagnostic()]);
        Self { result, redactor: Redactor::default() }
    }
}

/// Performs the steps and judges every expectation, those between the steps first.
async fn play(case: &Case, world: &mut World, means: &Means<'_>, trace: &mut Trace) -> Result<Vec<Failure>, RunError> {
    let scenario = &case.scenario;
    let mut stage = Stage {
        scenario,
        world,
        session: means.session,
        trace,
        limit: page_limit(means.limit),
        user: None,
        sessions_before: 0,
        stopped: None,
    };
    let mut failures = Vec::new();
    for step in &scenario.steps {
        match &step.value {
            Step::Expect(expect) => failures.extend(judge(case, expect, &stage, means.snapshots).await?),
            other => steps::perform(&mut stage, other).await?,
        }
    }
    failures.extend(judge(case, &scenario.expect.value, &stage, means.snapshots).await?);
    Ok(failures)
}

async fn judge(case: &Case, expect: &Expect, stage: &Stage<'_>, mode: SnapshotMode) -> Result<Vec<Failure>, RunError> {
    let page = stage.session.page().await?;
    let journal = stage.world.realm.journal.all();
    let redactor = Redactor::new(stage.world.secrets())?;
    let folder = folder_beside(Path::new(&case.file));
    let witness = Witness {
        case,
        realm: &stage.world.realm,
        browser: Some(BrowserView { session: stage.session, page: &page }),
        survival: None,
        user: stage.user.as_deref(),
        sessions_before: stage.sessions_before,
        stopped: stage.stopped.as_ref(),
        finding: diagnose::finding(stage.world, stage.trace),
        journal: &journal,
        snapshots: SnapshotContext { folder: &folder, mode, redactor: &redactor },
    };
    expect::judge(case, expect, &witness).await
}

/// A page may take a third of the case's time, so that a stopped login is named before the case runs out of time.
fn page_limit(limit: Duration) -> Duration {
    limit / 3
}

fn out_of_time(limit: Duration, trace: &Trace) -> Diagnostic {
    let last = trace.actions().last();
    let page = last.map_or("no page", |action| action.page.as_str());
    let mut diagnostic =
        Diagnostic::new("timeout", format!("the case took longer than {} s; it stood on {page}", limit.as_secs()));
    if let Some(action) = last {
        diagnostic = diagnostic.note(format!("last action: {}", action.what));
    }
    diagnostic.hint("give it more time with --timeout, or use fewer workers")
}

pub(super) fn values<T: serde::Serialize>(items: &[T]) -> Vec<serde_json::Value> {
    items.iter().filter_map(|item| serde_json::to_value(item).ok()).collect()
}
