//! The report files of a run: opened before it, appended while it goes on, completed after it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::output::error::CliError;
use crate::cli::output::event_log::EventLog;
use crate::cli::output::github_job::GithubJob;
use crate::cli::output::page_copies;
use crate::outcome::{ExitCode, RunEvent, RunOutcome};
use crate::report::{self, ReportFiles};

/// Where the reports go.
#[derive(Debug, Clone, Args)]
pub(crate) struct ReportArgs {
    /// Folder for report.html, junit.xml, run.jsonl and shots/ [default: vestibule-report]
    #[arg(long, value_name = "DIR")]
    #[arg(help_heading = "Report", env = "VESTIBULE_REPORT_DIR", hide_env_values = true)]
    report_dir: Option<PathBuf>,

    /// Writes the HTML report to this file instead
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    #[arg(env = "VESTIBULE_REPORT_HTML", hide_env_values = true)]
    report_html: Option<PathBuf>,

    /// Writes the JUnit report to this file instead
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    #[arg(env = "VESTIBULE_REPORT_JUNIT", hide_env_values = true)]
    report_junit: Option<PathBuf>,

    /// Annotate the lines of scenarios and write a step summary [default: whether this is a job of GitHub Actions]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[arg(help_heading = "Report", env = "VESTIBULE_GITHUB", hide_env_values = true)]
    github: Option<bool>,
}

impl ReportArgs {
    /// The folder of the reports, where none is named.
    const FOLDER: &'static str = "vestibule-report";

    /// The folder of the reports.
    pub(crate) fn folder(&self) -> PathBuf {
        self.report_dir.clone().unwrap_or_else(|| Self::FOLDER.into())
    }

    /// With this folder, where none is named.
    pub(crate) fn or_folder(&self, folder: &Path) -> Self {
        Self { report_dir: Some(self.report_dir.clone().unwrap_or_else(|| folder.to_owned())), ..self.clone() }
    }
}

/// The report files of one run.
#[derive(Debug)]
pub(crate) struct Reports {
    html: PathBuf,
    junit: PathBuf,
    events: PathBuf,
    shots: PathBuf,
    /// `None` where the events were read from a file.
    log: Option<EventLog>,
    github: Option<GithubJob>,
}

/// What became of the reports of a whole run.
#[derive(Debug)]
pub(crate) struct Completed {
    /// The files that were written.
    pub(crate) files: ReportFiles,
    /// Annotations for a job of GitHub Actions, to be written where its log is; else empty.
    pub(crate) annotations: String,
    /// Why a file was not written.
    pub(crate) trouble: Option<CliError>,
}

impl Reports {
    /// Creates the folders and the files, so that a run does not end with nowhere to write to. Reports of an earlier run
    /// are emptied, as they would pass for this one's.
    ///
    /// # Errors
    /// Where a folder or file cannot be written, with the remedy.
    pub(crate) fn open(args: &ReportArgs) -> Result<Self, CliError> {
        let reports = Self::open_read(args)?;
        let log = Some(EventLog::new(create(&reports.events)?));
        Ok(Self { log, ..reports })
    }

    /// As [`Reports::open`], for a run whose events were read: `run.jsonl` is left as it is.
    ///
    /// # Errors
    /// Where a folder or file cannot be written, with the remedy.
    pub(crate) fn open_read(args: &ReportArgs) -> Result<Self, CliError> {
        let folder = args.folder();
        let html = args.report_html.clone().unwrap_or_else(|| folder.join("report.html"));
        let junit = args.report_junit.clone().unwrap_or_else(|| folder.join("junit.xml"));
        for path in [&html, &junit] {
            create(path)?;
        }
        let shots = folder.join("shots");
        page_copies::clear(&shots);
        let github = GithubJob::detect(args.github);
        Ok(Self { html, junit, events: folder.join("run.jsonl"), shots, log: None, github })
    }

    /// Appends an event.
    ///
    /// # Errors
    /// Where it cannot be written; it is kept, and written as soon as it can be.
    pub(crate) fn append(&mut self, event: &RunEvent) -> Result<(), CliError> {
        let appended = self.log.as_mut().map_or(Ok(()), |log| log.append(event));
        appended.map_err(|error| unwritable(&self.events, &error))
    }

    /// Writes the reports that need the whole run. One that cannot be written does not keep the others from it.
    pub(crate) fn complete(&mut self, outcome: &RunOutcome) -> Completed {
        let html = report::html(outcome)
            .map_err(|error| CliError::broken(format!("failed to fill the HTML report: {error}")))
            .and_then(|text| write(&self.html, &text));
        let shots = page_copies::write(&self.shots, outcome);
        let junit = report::junit(outcome, &|case| shots.path(case))
            .map_err(|error| CliError::failed_to(&error, ExitCode::Broken))
            .and_then(|text| write(&self.junit, &text));
        let events = self.log.as_mut().map(|log| log.catch_up().map_err(|error| unwritable(&self.events, &error)));
        let (annotations, summary) = match &self.github {
            Some(job) => (job.annotations(outcome), job.summarize(outcome)),
            None => (String::new(), Ok(())),
        };

        let mut files = ReportFiles::default();
        let mut trouble = None;
        let mut note = |written: Result<(), CliError>, named: Option<(&str, &Path)>| match (written, named) {
            (Ok(()), Some((name, path))) => files.files.push((name.to_owned(), path.to_owned())),
            (Ok(()), None) => {}
            (Err(error), _) => drop(trouble.get_or_insert(error)),
        };
        note(html, Some(("HTML", &self.html)));
        note(junit, Some(("JUnit", &self.junit)));
        note(events.unwrap_or(Ok(())), Some(("events", &self.events)));
        note(shots.written(), None);
        note(summary, None);
        Completed { files, annotations, trouble }
    }
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    fs::write(path, text).map_err(|error| unwritable(path, &error))
}

fn create(path: &Path) -> Result<File, CliError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| File::create(path))
        .map_err(|error| unwritable(path, &error))
}

/// A report that cannot be written, with what to do.
pub(crate) fn unwritable(path: &Path, error: &io::Error) -> CliError {
    let hint = if error.kind() == io::ErrorKind::StorageFull {
        "make space, or name a folder on another disk with `--report-dir DIR`"
    } else {
        "name a folder that you may write to with `--report-dir DIR`"
    };
    CliError::broken(format!("failed to write the report {}: {error}", path.display())).hint(hint)
}
