//! The report files of a run: opened before it, appended while it goes on, completed after it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::error::CliError;
use crate::outcome::{RunEvent, RunOutcome};
use crate::report::{self, ReportFiles};

/// Where the reports go.
#[derive(Debug, Clone, Args)]
pub(super) struct ReportArgs {
    /// Folder for report.html, junit.xml and run.jsonl
    #[arg(long, value_name = "DIR", default_value = "vestibule-report")]
    #[arg(help_heading = "Report", env = "VESTIBULE_REPORT_DIR", hide_env_values = true)]
    report_dir: PathBuf,

    /// Writes the HTML report to this file instead
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    #[arg(env = "VESTIBULE_REPORT_HTML", hide_env_values = true)]
    report_html: Option<PathBuf>,

    /// Writes the JUnit report to this file instead
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    #[arg(env = "VESTIBULE_REPORT_JUNIT", hide_env_values = true)]
    report_junit: Option<PathBuf>,
}

/// The report files of one run.
#[derive(Debug)]
pub(super) struct Reports {
    html: PathBuf,
    junit: PathBuf,
    events: PathBuf,
    log: File,
}

impl Reports {
    /// Creates the folders and the files, so that a run does not end with nowhere to write to. Reports of an earlier run
    /// are emptied, as they would pass for this one's.
    ///
    /// # Errors
    /// Where a folder or file cannot be written, with the remedy.
    pub(super) fn open(args: &ReportArgs) -> Result<Self, CliError> {
        let html = args.report_html.clone().unwrap_or_else(|| args.report_dir.join("report.html"));
        let junit = args.report_junit.clone().unwrap_or_else(|| args.report_dir.join("junit.xml"));
        let events = args.report_dir.join("run.jsonl");
        for path in [&html, &junit] {
            create(path)?;
        }
        let log = create(&events)?;
        Ok(Self { html, junit, events, log })
    }

    /// Appends an event.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(super) fn append(&mut self, event: &RunEvent) -> Result<(), CliError> {
        report::write_event(&mut self.log, event).map_err(|error| unwritable(&self.events, &error))
    }

    /// Writes the reports that need the whole run.
    ///
    /// # Errors
    /// Where one cannot be made or written.
    pub(super) fn complete(&self, outcome: &RunOutcome) -> Result<ReportFiles, CliError> {
        let html = report::html(outcome)
            .map_err(|error| CliError::broken(format!("failed to fill the HTML report: {error}")))?;
        let junit =
            report::junit(outcome).map_err(|error| CliError::failed_to(&error, crate::outcome::ExitCode::Broken))?;
        for (path, text) in [(&self.html, html), (&self.junit, junit)] {
            fs::write(path, text).map_err(|error| unwritable(path, &error))?;
        }
        let named = [("HTML", &self.html), ("JUnit", &self.junit), ("events", &self.events)];
        Ok(ReportFiles { files: named.map(|(name, path)| (name.to_owned(), path.clone())).to_vec() })
    }
}

fn create(path: &Path) -> Result<File, CliError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| File::create(path))
        .map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &io::Error) -> CliError {
    CliError::broken(format!("failed to write the report {}: {error}", path.display()))
        .hint("name a folder that you may write to with `--report-dir DIR`")
}
