//! Annotations and the step summary of a GitHub Actions job.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::cli::output::error::{CliError, unwritable};
use crate::outcome::RunOutcome;
use crate::report;

/// The job that this process is a step of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GithubJob {
    /// The checked-out repository: annotations name files from there.
    workspace: Option<PathBuf>,
    /// The file to which the step's summary is appended.
    summary: Option<PathBuf>,
}

impl GithubJob {
    /// The job, if there is one; `asked`, if given, decides.
    pub(crate) fn detect(asked: Option<bool>) -> Option<Self> {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let is_job = variable("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        asked.unwrap_or(is_job).then(|| Self {
            workspace: variable("GITHUB_WORKSPACE").map(PathBuf::from),
            summary: variable("GITHUB_STEP_SUMMARY").map(PathBuf::from),
        })
    }

    /// One workflow command per line.
    pub(crate) fn annotations(&self, outcome: &RunOutcome) -> String {
        report::github_annotations(outcome, &|file| self.in_repository(file))
    }

    /// Appends the summary to that of the step.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn summarize(&self, outcome: &RunOutcome) -> Result<(), CliError> {
        let Some(path) = &self.summary else { return Ok(()) };
        let mut file = OpenOptions::new().create(true).append(true).open(path);
        let written = file.as_mut().map_err(|error| std::io::Error::from(error.kind()));
        let written = written.and_then(|file| file.write_all(report::github_summary(outcome).as_bytes()));
        written.map_err(|error| unwritable(path, &error))
    }

    /// The path of a file of the repository from its root; `None` for a file that is elsewhere or built in.
    fn in_repository(&self, file: &str) -> Option<String> {
        let path = std::path::absolute(Path::new(file)).ok().filter(|path| path.is_file())?;
        let root = self.workspace.clone().or_else(|| std::env::current_dir().ok())?;
        path.strip_prefix(root).ok().map(|path| path.display().to_string())
    }
}
