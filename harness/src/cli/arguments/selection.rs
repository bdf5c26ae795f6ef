//! Which files and cases: the options that `run`, `check` and `list` share, and what they select.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use vestibule_model::diagnostic::{Diagnostic, suggest};

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::entry::load_cases;
use crate::outcome::ExitCode;
use crate::report::plural;
use crate::scenario::{Case, DiscoverError, Selection, discover, embedded_suites, twin};

/// Which files.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct PathArgs {
    /// Files and folders; without any, the folder vestibule/ if it has scenarios, or the built-in scenarios
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// The built-in scenarios, even where there is a folder vestibule/
    #[arg(long, conflicts_with = "paths", help_heading = "Filter")]
    built_in: bool,
}

/// Which cases. Every given criterion must hold.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SelectArgs {
    #[command(flatten)]
    paths: PathArgs,

    /// Only cases whose title or ID contains this text, ignoring case
    #[arg(short = 'g', long, value_name = "TEXT")]
    #[arg(help_heading = "Filter", env = "VESTIBULE_GREP", hide_env_values = true)]
    grep: Option<String>,

    /// Only cases with this tag; if repeated, with any of them
    #[arg(long = "tag", value_name = "TAG", value_delimiter = ',')]
    #[arg(help_heading = "Filter", env = "VESTIBULE_TAG", hide_env_values = true)]
    tags: Vec<String>,
}

impl PathArgs {
    /// Every case of these files and folders, parsed and checked. If the user named none, stderr says which folder is read.
    ///
    /// # Errors
    /// If a file is missing or contains a mistake, or stderr cannot be written to.
    pub(crate) fn cases(&self, console: &mut Console<'_>) -> Result<Vec<Case>, CliError> {
        if !self.means_own_folder() {
            return all_cases(&self.paths);
        }
        CliError::unless_reader_gone(writeln!(
            console.err,
            "reading the scenarios in {OWN_FOLDER}/; `--built-in` reads those that come with Vestibule"
        ))?;
        all_cases(&[OWN_FOLDER.into()])
    }

    /// The files and folders whose changes `--watch` waits for.
    ///
    /// # Errors
    /// If they are the built-in scenarios, which do not change.
    pub(crate) fn watched(&self) -> Result<Vec<PathBuf>, CliError> {
        if self.means_own_folder() {
            return Ok(vec![OWN_FOLDER.into()]);
        }
        if self.paths.is_empty() {
            let error = CliError::usage("the built-in scenarios do not change: there is nothing to watch");
            return Err(error.hint("name files or folders; `vestibule init` writes a scenario into vestibule/"));
        }
        Ok(self.paths.clone())
    }

    fn means_own_folder(&self) -> bool {
        let folder = PathBuf::from(OWN_FOLDER);
        let named = self.built_in || !self.paths.is_empty();
        let has_scenarios = || folder.is_dir() && !matches!(discover(&[folder]), Err(DiscoverError::Empty(_)));
        !named && has_scenarios()
    }
}

impl SelectArgs {
    /// As [`PathArgs::watched`].
    ///
    /// # Errors
    /// If they are the built-in scenarios, which do not change.
    pub(crate) fn watched(&self) -> Result<Vec<PathBuf>, CliError> {
        self.paths.watched()
    }

    /// Which of their cases are selected.
    pub(crate) fn selection(&self) -> Selection {
        Selection { grep: self.grep.clone(), tags: self.tags.clone() }
    }
}

/// Every case of these files and folders, or of the built-in scenarios, parsed and checked.
///
/// # Errors
/// If a file is missing or contains a mistake.
pub(crate) fn all_cases(paths: &[PathBuf]) -> Result<Vec<Case>, CliError> {
    cases_beside(paths, &[])
}

/// As [`all_cases`], and every case of the added files and folders. They are checked together: no two have one name.
///
/// # Errors
/// If a file is missing or contains a mistake.
pub(crate) fn cases_beside(paths: &[PathBuf], added: &[PathBuf]) -> Result<Vec<Case>, CliError> {
    let found = |paths: &[PathBuf]| {
        discover(paths).map_err(|error| CliError::failed_to(&error, ExitCode::Usage).hint_if(error.remedy()))
    };
    let files = if paths.is_empty() {
        let built_in = embedded_suites();
        let mut files = found(added)?;
        // The ids of cases begin with those of their files.
        for file in files.iter_mut().filter(|file| built_in.iter().any(|known| known.id == file.id)) {
            file.id = format!("./{}", file.id);
        }
        built_in.into_iter().chain(files).collect()
    } else {
        found(&[paths, added].concat())?
    };
    load_cases(files).map_err(refused)
}

/// The built-in condition with this name.
///
/// # Errors
/// If there is none.
pub(crate) fn condition(name: &str) -> Result<Case, CliError> {
    let mut conditions = conditions()?;
    match conditions.iter().position(|(known, _)| known == name) {
        Some(place) => Ok(conditions.swap_remove(place).1),
        None => {
            let known: Vec<&str> = conditions.iter().map(|(known, _)| known.as_str()).collect();
            Err(no_condition(name, &known))
        }
    }
}

/// Every built-in condition, with its name.
///
/// # Errors
/// As [`all_cases`].
pub(crate) fn conditions() -> Result<Vec<(String, Case)>, CliError> {
    let named = |case: Case| {
        let name = case.scenario.condition.as_ref()?.value.name.value.clone();
        Some((name, case))
    };
    Ok(all_cases(&[])?.into_iter().filter_map(named).collect())
}

/// None of the known conditions has this name.
pub(crate) fn no_condition(name: &str, known: &[&str]) -> CliError {
    let error = CliError::usage(format!("there is no condition `{name}`; nothing ran"));
    match suggest(name, known.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("known conditions: {}", known.join(", "))),
    }
}

/// The selected cases, or their twins.
///
/// # Errors
/// As [`all_cases`], and if nothing is selected.
pub(crate) fn selected(select: &SelectArgs, must_fail: bool, console: &mut Console<'_>) -> Result<Vec<Case>, CliError> {
    let cases = select.paths.cases(console)?;
    let all = cases.len();
    let tags: BTreeSet<String> = cases.iter().flat_map(|case| case.tags.iter().cloned()).collect();
    let selected = select.selection().apply(cases);
    if selected.is_empty() {
        return Err(none_of(all, select, &tags));
    }
    if !must_fail {
        return Ok(selected);
    }
    let twins: Vec<Case> = selected.iter().filter_map(twin).collect();
    if twins.is_empty() {
        let selected = plural(selected.len(), "selected case");
        return Err(CliError::nothing_selected(format!("there is no `must-fail` twin in {selected}"))
            .hint("`vestibule list --json` shows which cases have one"));
    }
    Ok(twins)
}

/// Why none of this many cases with these tags is selected.
fn none_of(all: usize, select: &SelectArgs, tags: &BTreeSet<String>) -> CliError {
    if let Some(unknown) = select.tags.iter().find(|tag| !tags.contains(*tag)) {
        let known: Vec<&str> = tags.iter().map(String::as_str).collect();
        let hint = match suggest(unknown, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "no case has a tag".to_owned(),
            None => format!("known tags: {}", known.join(", ")),
        };
        return CliError::nothing_selected(format!("no case has the tag `{unknown}`")).hint(hint);
    }
    let all = plural(all, "case");
    CliError::nothing_selected(format!("no case is selected: without --grep and --tag, there would be {all}"))
        .hint("`vestibule list` shows their titles, ids and tags")
}

/// The folder that `vestibule init` makes.
const OWN_FOLDER: &str = "vestibule";

fn refused(diagnostics: Vec<Diagnostic>) -> CliError {
    let errors = plural(diagnostics.len(), "error");
    CliError::diagnostics(diagnostics, format!("{errors} in the scenarios; nothing ran"))
}
