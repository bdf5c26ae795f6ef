//! The entry point for library users: scenarios in, an outcome out.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use strum::IntoEnumIterator as _;
use tokio::sync::watch;
use vestibule_model::diagnostic::{Diagnostic, render};
use vestibule_simulator::idp::presets;
use vestibule_simulator::policy::{Rule, Rulebook};

use crate::diagnosis::causes;
use crate::idp_documents::find_documents;
use crate::journal_vocabulary::journal_vocabulary;
use crate::org_file::read_org_files;
use crate::outcome::{RunEvent, RunOutcome};
use crate::preset_file::read_presets;
use crate::rulebook_file::read_rulebooks;
use crate::runner::{self, Broken, PauseHook, RunOptions};
use crate::scenario::{Case, DiscoverError, SourceFile, Vocabulary, discover, embedded_suites, load, twin};
use crate::snapshot::SnapshotMode;

/// Runs these scenarios: headless, one case at a time, and without writing a file. The methods of [`Run`] change that;
/// awaiting it gives the outcome.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use vestibule::Scenarios;
/// use vestibule::outcome::ExitCode;
///
/// let outcome = vestibule::run(Scenarios::read("tests/login.yaml")?).workers(2).await?;
///
/// assert_eq!(outcome.exit_code(), ExitCode::Passed, "{outcome:#?}");
/// # Ok(())
/// # }
/// ```
pub fn run(scenarios: Scenarios) -> Run {
    let options =
        RunOptions { workers: Some(NonZeroUsize::MIN), snapshots: SnapshotMode::Verify, ..RunOptions::default() };
    Run { cases: scenarios.cases, options, sink: Box::new(|_| {}), pause: None }
}

/// A run that begins when it is awaited.
#[must_use = "a run begins when it is awaited"]
pub struct Run {
    cases: Vec<Case>,
    options: RunOptions,
    sink: Box<dyn FnMut(&RunEvent) + Send>,
    pause: Option<PauseHook>,
}

impl Run {
    /// Shows the browser's window.
    pub fn headed(mut self) -> Self {
        self.options.browser.headed = true;
        self
    }

    /// How many cases run at the same time; 0 counts as 1.
    pub fn workers(mut self, workers: usize) -> Self {
        self.options.workers = Some(NonZeroUsize::new(workers).unwrap_or(NonZeroUsize::MIN));
        self
    }

    /// How long one case may take.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// Sets all options at once, replacing those set before.
    pub fn options(mut self, options: RunOptions) -> Self {
        self.options = options;
        self
    }

    /// Called with each event as it happens, with secrets redacted: the content of `run.jsonl`.
    pub fn on_event(mut self, sink: impl FnMut(&RunEvent) + Send + 'static) -> Self {
        self.sink = Box::new(sink);
        self
    }

    /// Called once, on a thread of its own, with the title of the first case that did not pass, after its last attempt.
    /// Its browser, which [`Run::headed`] shows, and its org are there until this returns. A suite brings its own browser
    /// and is not paused.
    pub fn pause_on_failure(mut self, pause: impl FnOnce(&str) + Send + 'static) -> Self {
        self.pause = Some(Box::new(pause));
        self
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("cases", &self.cases).field("options", &self.options).finish_non_exhaustive()
    }
}

impl IntoFuture for Run {
    /// [`RunError`] if nothing ran. A later error breaks only its own case.
    type Output = Result<RunOutcome, RunError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let Self { cases, options, mut sink, pause } = self;
            // The program does this at its start. A provider that the process has already installed stays.
            vestibule_certs::install_tls_provider();
            let mut outcome = RunOutcome::default();
            // Nothing interrupts this run, but dropping the sender would.
            let (_uninterrupted, stop) = watch::channel(false);
            let fold = |event: &RunEvent| {
                outcome.apply(event);
                sink(event);
            };
            runner::run(&options, cases, stop, pause, fold).await.map_err(RunError)?;
            Ok(outcome)
        })
    }
}

/// Nothing ran: there is no browser, no keys or no temporary folder. Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct RunError(Broken);

impl RunError {
    /// The error as a message for the user, with the fix.
    pub fn diagnostic(&self) -> Diagnostic {
        self.0.diagnostic()
    }
}

/// Scenarios that were read and checked.
#[derive(Debug, Clone)]
pub struct Scenarios {
    cases: Vec<Case>,
}

impl Scenarios {
    /// Reads the scenarios of a file, or of a folder and everything below it.
    ///
    /// # Errors
    ///
    /// If there is no scenario, or a scenario has a mistake.
    pub fn read(path: impl Into<PathBuf>) -> Result<Self, ScenarioError> {
        Self::of(discover(&[path.into()])?)
    }

    /// Reads the scenarios of a YAML text; messages and snapshots use `name` as its file name.
    ///
    /// # Errors
    ///
    /// If a scenario has a mistake.
    pub fn from_yaml(name: &str, text: &str) -> Result<Self, ScenarioError> {
        Self::of(vec![SourceFile { name: name.to_owned(), id: name.to_owned(), bytes: text.as_bytes().to_vec() }])
    }

    /// The built-in scenarios, which `vestibule run --built-in` runs.
    ///
    /// # Errors
    ///
    /// Never in a tested program.
    pub fn built_in() -> Result<Self, ScenarioError> {
        Self::of(embedded_suites())
    }

    /// Keeps only the cases for which `holds` is true.
    #[must_use]
    pub fn filter(mut self, holds: impl FnMut(&Case) -> bool) -> Self {
        self.cases.retain(holds);
        self
    }

    /// The twins of the cases in their place: each with its `must-fail` change, and passing only if the expectation that it
    /// names fails. A case without one is left out.
    #[must_use]
    pub fn twins(self) -> Self {
        Self { cases: self.cases.iter().filter_map(twin).collect() }
    }

    /// The cases: one for each row of each scenario.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    fn of(files: Vec<SourceFile>) -> Result<Self, ScenarioError> {
        Ok(Self { cases: load_cases(files).map_err(ScenarioError::Wrong)? })
    }
}

/// Scenarios that cannot be used. Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// A file or folder cannot be read.
    #[error(transparent)]
    Unreadable(#[from] DiscoverError),
    /// The mistakes in the files, each with its place.
    #[error("read the scenarios:\n{}", rendered(.0))]
    Wrong(Vec<Diagnostic>),
}

fn rendered(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|one| render(one, false, WIDTH)).collect::<Vec<_>>().join("\n\n")
}

/// The width in columns of a message in an error.
const WIDTH: usize = 100;

/// The cases of these files, checked, with the rulebook and preset files and the documents of identity providers that they
/// name.
///
/// # Errors
///
/// Everything that is wrong in any file.
pub(crate) fn load_cases(files: Vec<SourceFile>) -> Result<Vec<Case>, Vec<Diagnostic>> {
    let mut cases = load(files, &vocabulary())?;
    read_org_files(&mut cases)?;
    read_rulebooks(&mut cases)?;
    find_documents(&mut cases)?;
    read_presets(&mut cases)?;
    Ok(cases)
}

/// The cases of a text that somebody sent, checked. No file that it names is read or looked for.
///
/// # Errors
///
/// Everything that is wrong in it.
pub(crate) fn load_text(text: SourceFile) -> Result<Vec<Case>, Vec<Diagnostic>> {
    load(vec![text], &vocabulary())
}

/// The names that scenarios may use: presets, rulebooks, rules, causes and events of this version.
pub fn vocabulary() -> Vocabulary {
    Vocabulary {
        presets: presets::names().into_iter().map(str::to_owned).collect(),
        rulebooks: Rulebook::names().into_iter().map(str::to_owned).collect(),
        rules: Rule::iter().map(|rule| rule.to_string()).collect(),
        causes: causes().iter().map(|cause| cause.id.to_owned()).chain(["none".to_owned()]).collect(),
        events: journal_vocabulary(),
    }
}
