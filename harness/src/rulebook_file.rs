//! Rulebooks by name or by file: the lookup that options and scenarios share.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use vestibule_model::RulebookChoice;
use vestibule_model::diagnostic::{Diagnostic, Place, suggest};
use vestibule_model::yaml::Span;
use vestibule_simulator::policy::Rulebook;

use crate::scenario::model::Scenario;
use crate::scenario::{Case, find_beside};

/// A chosen rulebook that cannot be used.
#[derive(Debug)]
pub(crate) enum RulebookFault {
    /// No built-in rulebook has this name, and there is no such file.
    Unreadable {
        /// The name as given.
        name: String,
        /// Why the file cannot be read.
        source: io::Error,
    },
    /// The file is not a rulebook.
    Invalid {
        /// Its name.
        name: String,
        /// The mistakes in it, each with its place.
        mistakes: Vec<Diagnostic>,
    },
}

impl RulebookFault {
    /// What is wrong with a name whose file cannot be read, in one sentence.
    pub(crate) fn title(name: &str, source: &io::Error) -> String {
        if source.kind() == ErrorKind::NotFound {
            return format!("there is no rulebook `{name}`, and no file of this name");
        }
        format!("failed to read the rulebook {name}: {source}")
    }

    /// What to write instead of a name that nothing has.
    pub(crate) fn hint(name: &str) -> String {
        let names = Rulebook::names();
        match suggest(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("built-in rulebooks: {}", names.join(", ")),
        }
    }

    /// The mistakes in the file; if there is none, a message about the place where its name is written.
    fn into_diagnostics(self, place: impl FnOnce(&str) -> Place) -> Vec<Diagnostic> {
        match self {
            Self::Unreadable { name, source } => {
                let title = Self::title(&name, &source);
                let diagnostic = Diagnostic::new("unknown-rulebook", title).hint(Self::hint(&name));
                vec![diagnostic.at(place("unknown rulebook"))]
            }
            Self::Invalid { mistakes, .. } => mistakes,
        }
    }
}

/// Reads the file that a choice names, relative to this folder. A choice of a built-in rulebook stays as it is.
///
/// # Errors
///
/// [`RulebookFault`] if nothing has this name, or the file is not a rulebook.
pub(crate) fn read_rulebook(choice: &mut RulebookChoice, folder: &Path) -> Result<(), RulebookFault> {
    let Some(name) = choice.name.clone() else { return Ok(()) };
    if choice.text.is_some() || Rulebook::names().contains(&name.as_str()) {
        return Ok(());
    }
    let file = folder.join(&name);
    let text = fs::read_to_string(&file).map_err(|source| RulebookFault::Unreadable { name, source })?;
    let name = file.display().to_string();
    if let Err(mistakes) = Rulebook::parse(&name, &text) {
        return Err(RulebookFault::Invalid { name, mistakes });
    }
    (choice.name, choice.text) = (Some(name), Some(text));
    Ok(())
}

/// Reads the files that these cases and their twins name as their rulebooks, relative to the folders of their scenarios.
///
/// # Errors
///
/// Every name that nothing has, and every mistake in a file, once.
pub(crate) fn read_rulebooks(cases: &mut [Case]) -> Result<(), Vec<Diagnostic>> {
    find_beside(cases, refused, |case, (at, fault)| fault.into_diagnostics(|label| case.place(at, label)))
}

/// The rulebook that cannot be used, and where it is named.
fn refused(scenario: &mut Scenario, folder: &Path) -> Vec<(Span, RulebookFault)> {
    let at = scenario.places.of(&["rulebook", "name"]);
    let read = scenario.rulebook.as_mut().map_or(Ok(()), |choice| read_rulebook(&mut choice.value, folder));
    read.err().map(|fault| (at, fault)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use vestibule_model::diagnostic::render;

    use super::*;
    use crate::entry::load_cases;
    use crate::scenario::discover;

    #[test]
    fn a_scenario_and_its_twin_follow_a_rulebook_file_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        let suite = suite(folder.path(), "../rules/mine.yaml");
        fs::create_dir(folder.path().join("rules")).unwrap();
        fs::write(folder.path().join("rules/mine.yaml"), GOOD.replace("name: salesforce-2022", "name: mine")).unwrap();

        let cases = load_cases(discover(&[suite]).unwrap()).unwrap();

        let twin = &cases[0].twin.as_ref().unwrap().scenario;
        for scenario in [&cases[0].scenario, twin] {
            assert_eq!(Rulebook::resolve(&scenario.rulebook_choice()).unwrap().name(), "mine");
        }
    }

    #[test]
    fn a_rulebook_file_that_is_missing_or_wrong_is_reported_at_its_place_once() {
        let folder = tempfile::tempdir().unwrap();
        let suite = suite(folder.path(), "../mine.yaml");

        let missing = refusal(suite.clone());
        fs::write(folder.path().join("mine.yaml"), GOOD.replace("signals:", "signal:")).unwrap();
        let wrong = refusal(suite);

        assert!(missing.contains("suite.yaml:3:") && missing.contains("unknown rulebook"), "{missing}");
        assert!(wrong.contains("mine.yaml:") && wrong.contains("did you mean `signals`?"), "{wrong}");
    }

    #[test]
    fn a_built_in_rulebook_needs_no_file() {
        let newest = Rulebook::names().pop().map(str::to_owned);
        for name in [None, newest] {
            let mut choice = RulebookChoice { name: name.clone(), ..RulebookChoice::default() };
            read_rulebook(&mut choice, Path::new("/nowhere")).unwrap();
            assert_eq!((choice.name, choice.text), (name, None));
        }
    }

    /// A scenario with a twin in a folder of its own.
    fn suite(folder: &Path, rulebook: &str) -> PathBuf {
        let suites = folder.join("suites");
        fs::create_dir(&suites).unwrap();
        let file = suites.join("suite.yaml");
        fs::write(&file, SUITE.replace("RULEBOOK", rulebook)).unwrap();
        file
    }

    fn refusal(suite: PathBuf) -> String {
        let found = load_cases(discover(&[suite]).unwrap()).unwrap_err();
        assert_eq!(found.len(), 1, "once, for the scenario and its twin: {found:?}");
        render(&found[0], false, 200)
    }

    const GOOD: &str = include_str!("../../simulator/rulebooks/salesforce-2022.yaml");

    const SUITE: &str = "\
title: A rep signs in under rules of ours
org: { kind: production, date: 2026-05-01 }
rulebook: RULEBOOK
users: { rep: { profile: Standard User, verifiers: [totp] } }
steps: [{ sign-in: { user: rep } }]
expect: { page: home }
must-fail: { change: { users.rep.locked: true }, because: page }
";
}
