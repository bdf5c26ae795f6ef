//! Where the reports go.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches, value_parser};

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::open_report;
use crate::cli::output::report_files::{Completed, ReportPlaces};
use crate::report::{FORMATS, ReportFormat};

/// Where the reports go.
#[derive(Debug, Clone, Args)]
pub(crate) struct ReportArgs {
    /// Folder for the reports, run.jsonl and shots/ [default: vestibule-report]
    #[arg(long, value_name = "DIR")]
    #[arg(help_heading = "Report", env = "VESTIBULE_REPORT_DIR", hide_env_values = true)]
    report_dir: Option<PathBuf>,

    #[command(flatten)]
    files: FileArgs,

    /// Annotate the lines of scenarios and write a step summary [default: true in a GitHub Actions job]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[arg(help_heading = "Report", env = "VESTIBULE_GITHUB", hide_env_values = true)]
    github: Option<bool>,

    /// Open the HTML report in your browser afterwards
    #[arg(long, help_heading = "Report")]
    open: bool,
}

/// One option for each report in the table of reports: the file to write it to.
#[derive(Debug, Clone, Default)]
struct FileArgs {
    named: Vec<(&'static str, PathBuf)>,
}

impl ReportArgs {
    /// Opens the HTML report, if that is asked for.
    ///
    /// # Errors
    /// If it cannot be opened, and stderr cannot be written to.
    pub(crate) fn open(&self, completed: &Completed, console: &mut Console<'_>) -> Result<(), CliError> {
        if self.open { open_report::open(completed, console) } else { Ok(()) }
    }

    /// The folder of the reports.
    pub(crate) fn folder(&self) -> PathBuf {
        self.report_dir.clone().unwrap_or_else(|| DEFAULT_FOLDER.into())
    }

    /// Uses this folder if the user named none.
    pub(crate) fn or_folder(&self, folder: &Path) -> Self {
        Self { report_dir: Some(self.report_dir.clone().unwrap_or_else(|| folder.to_owned())), ..self.clone() }
    }

    /// Where each report goes.
    pub(crate) fn places(&self) -> ReportPlaces {
        let folder = self.folder();
        let place = |format: &'static ReportFormat| {
            let named = self.files.named.iter().find(|(flag, _)| *flag == format.flag);
            (format, named.map_or_else(|| folder.join(format.file), |(_, path)| path.clone()))
        };
        ReportPlaces { files: FORMATS.iter().map(place).collect(), github: self.github, folder }
    }
}

impl Args for FileArgs {
    fn augment_args(command: Command) -> Command {
        command.args(FORMATS.iter().map(|format| {
            Arg::new(format.flag)
                .long(format.flag)
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help(format!(
                    "Write the {} report to this file [default: {} in the report folder]",
                    format.name, format.file
                ))
                .help_heading("Report")
                .env(format.variable)
                .hide_env_values(true)
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for FileArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut args = Self::default();
        args.update_from_arg_matches(matches)?;
        Ok(args)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        let named = FORMATS
            .iter()
            .filter_map(|format| matches.get_one::<PathBuf>(format.flag).map(|path| (format.flag, path.clone())));
        self.named = named.collect();
        Ok(())
    }
}

/// The default folder of the reports.
const DEFAULT_FOLDER: &str = "vestibule-report";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::arguments::parse_one::parse;

    #[test]
    fn a_report_goes_to_the_file_that_its_option_names_or_into_the_folder() {
        let args: ReportArgs = parse(&["--report-dir", "reports", "--report-junit", "ci/results.xml"]).unwrap();

        let places = args.places();

        assert_eq!(places.folder, PathBuf::from("reports"));
        let files: Vec<_> = places.files.iter().map(|(report, path)| (report.name, path.as_path())).collect();
        let expected = [
            ("HTML", "reports/report.html"),
            ("JUnit", "ci/results.xml"),
            ("CTRF", "reports/ctrf-report.json"),
            ("SARIF", "reports/vestibule.sarif"),
            ("badge", "reports/badge.svg"),
        ];
        assert_eq!(files, expected.map(|(name, path)| (name, Path::new(path))));
    }
}
