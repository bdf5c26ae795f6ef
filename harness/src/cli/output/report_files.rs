//! The report files of a run: opened before it, appended while it goes on, completed after it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::cli::output::error::{CliError, unwritable};
use crate::cli::output::event_log::EventLog;
use crate::cli::output::github_job::GithubJob;
use crate::cli::output::page_copies;
use crate::outcome::{ExitCode, RunEvent, RunOutcome};
use crate::report::{ReportFiles, ReportFormat};

/// Where the reports of a run go.
#[derive(Debug, Clone)]
pub(crate) struct ReportPlaces {
    /// The folder of `run.jsonl`, of the screenshots, and of every report that is not placed elsewhere.
    pub(crate) folder: PathBuf,
    /// Each report and its file.
    pub(crate) files: Vec<(&'static ReportFormat, PathBuf)>,
    /// Whether this is a job of GitHub Actions; `None` asks the environment.
    pub(crate) github: Option<bool>,
}

/// The report files of one run.
#[derive(Debug)]
pub(crate) struct Reports {
    files: Vec<(&'static ReportFormat, PathBuf)>,
    events: PathBuf,
    shots: PathBuf,
    /// `None` if the events were read from a file.
    log: Option<EventLog>,
    github: Option<GithubJob>,
}

/// The result of writing the reports of a whole run.
#[derive(Debug)]
pub(crate) struct Completed {
    /// The files that were written.
    pub(crate) files: ReportFiles,
    /// Annotations for a job of GitHub Actions, to be written to its log; otherwise empty.
    pub(crate) annotations: String,
    /// Why a file was not written.
    pub(crate) trouble: Option<CliError>,
}

impl Reports {
    /// Creates the folders and files before the run, so that an unwritable place is found early. Empties the reports of
    /// an earlier run, which would look like this run's.
    ///
    /// # Errors
    /// If a folder or file cannot be written, with the remedy.
    pub(crate) fn open(places: ReportPlaces) -> Result<Self, CliError> {
        let reports = Self::open_read(places)?;
        let log = Some(EventLog::new(create(&reports.events)?));
        Ok(Self { log, ..reports })
    }

    /// As [`Reports::open`], for a run whose events were read from a file: leaves `run.jsonl` as it is.
    ///
    /// # Errors
    /// If a folder or file cannot be written, with the remedy.
    pub(crate) fn open_read(places: ReportPlaces) -> Result<Self, CliError> {
        let ReportPlaces { folder, files, github } = places;
        for (_, path) in &files {
            create(path)?;
        }
        let shots = folder.join("shots");
        page_copies::clear(&shots);
        Ok(Self { files, events: folder.join("run.jsonl"), shots, log: None, github: GithubJob::detect(github) })
    }

    /// Appends an event.
    ///
    /// # Errors
    /// If it cannot be written. It is kept and written as soon as possible.
    pub(crate) fn append(&mut self, event: &RunEvent) -> Result<(), CliError> {
        let appended = self.log.as_mut().map_or(Ok(()), |log| log.append(event));
        appended.map_err(|error| unwritable(&self.events, &error))
    }

    /// Writes the reports that need the whole run. A report that cannot be written does not stop the others.
    pub(crate) fn complete(&mut self, outcome: &RunOutcome) -> Completed {
        let shots = page_copies::write(&self.shots, outcome);
        let mut written: Vec<(&str, &Path, Result<(), CliError>)> = Vec::new();
        for (format, path) in &self.files {
            let text = format.render(outcome, &|case| shots.path(case));
            let text = text.map_err(|error| CliError::failed_to(&error, ExitCode::Broken));
            written.push((format.name, path, text.and_then(|text| write(path, &text))));
        }
        let events = self.log.as_mut().map_or(Ok(()), EventLog::catch_up);
        written.push(("events", &self.events, events.map_err(|error| unwritable(&self.events, &error))));
        let (annotations, summary) = match &self.github {
            Some(job) => (job.annotations(outcome), job.summarize(outcome)),
            None => (String::new(), Ok(())),
        };

        let mut files = ReportFiles::default();
        let mut trouble = None;
        for (name, path, result) in written {
            match result {
                Ok(()) => files.files.push((name.to_owned(), path.to_owned())),
                Err(error) => drop(trouble.get_or_insert(error)),
            }
        }
        let trouble = trouble.or(shots.written().err()).or(summary.err());
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
