//! The report files of a run: opened before it, appended while it goes on, completed after it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, value_parser};

use crate::cli::output::error::CliError;
use crate::cli::output::event_log::EventLog;
use crate::cli::output::github_job::GithubJob;
use crate::cli::output::page_copies;
use crate::outcome::{ExitCode, RunEvent, RunOutcome};
use crate::report::{FORMATS, ReportFiles, ReportFormat};

/// Where the reports go.
#[derive(Debug, Clone, Args)]
pub(crate) struct ReportArgs {
    /// Folder for report.html, junit.xml, run.jsonl and shots/ [default: vestibule-report]
    #[arg(long, value_name = "DIR")]
    #[arg(help_heading = "Report", env = "VESTIBULE_REPORT_DIR", hide_env_values = true)]
    report_dir: Option<PathBuf>,

    #[command(flatten)]
    files: NamedFiles,

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

/// The files that reports were given by options of their own, by the option: one for each format.
#[derive(Debug, Clone, Default)]
struct NamedFiles(BTreeMap<&'static str, PathBuf>);

impl Args for NamedFiles {
    fn augment_args(command: Command) -> Command {
        let option = |format: &ReportFormat| {
            Arg::new(format.flag)
                .long(format.flag)
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help(format!("Writes the {} report to this file instead", format.name))
                .help_heading("Report")
                .env(format.variable)
                .hide_env_values(true)
        };
        command.args(FORMATS.iter().map(option))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for NamedFiles {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let named = FORMATS.iter().filter_map(|format| {
            let file = matches.get_one::<PathBuf>(format.flag)?;
            Some((format.flag, file.clone()))
        });
        Ok(Self(named.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.extend(Self::from_arg_matches(matches)?.0);
        Ok(())
    }
}

/// The report files of one run.
#[derive(Debug)]
pub(crate) struct Reports {
    /// The file of each format.
    files: Vec<(&'static ReportFormat, PathBuf)>,
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
        let file_of = |format: &'static ReportFormat| {
            let named = args.files.0.get(format.flag).cloned();
            (format, named.unwrap_or_else(|| folder.join(format.file)))
        };
        let files: Vec<_> = FORMATS.iter().map(file_of).collect();
        for (_, path) in &files {
            create(path)?;
        }
        let shots = folder.join("shots");
        page_copies::clear(&shots);
        let github = GithubJob::detect(args.github);
        Ok(Self { files, events: folder.join("run.jsonl"), shots, log: None, github })
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
        let shots = page_copies::write(&self.shots, outcome);
        let written: Vec<_> = self
            .files
            .iter()
            .map(|(format, path)| {
                let text = format.render(outcome, &|case| shots.path(case));
                text.map_err(|error| CliError::failed_to(&error, ExitCode::Broken)).and_then(|text| write(path, &text))
            })
            .collect();
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
        for (written, (format, path)) in written.into_iter().zip(&self.files) {
            note(written, Some((format.name, path)));
        }
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
