//! Files with settings of an org: the lookup that options and scenarios share.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

use vestibule_model::diagnostic::{Diagnostic, Place};
use vestibule_model::yaml::Span;

use crate::scenario::model::Scenario;
use crate::scenario::{Case, OrgSettings, SourceFile, find_beside, load_org_settings};

/// A file of settings that cannot be used.
#[derive(Debug)]
pub(crate) enum OrgFileFault {
    /// It cannot be read.
    Unreadable {
        /// The name as given.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// It has no such settings, or wrong ones: the mistakes, each with its place.
    Invalid(Vec<Diagnostic>),
}

impl OrgFileFault {
    /// What is wrong with a file that cannot be read, in one sentence.
    pub(crate) fn title(name: &str, source: &io::Error) -> String {
        if source.kind() == ErrorKind::NotFound {
            return format!("there is no file `{name}` with settings of an org");
        }
        format!("failed to read the settings of an org in {name}: {source}")
    }

    /// The mistakes in the file; if it cannot be read, a message about the place where its name is written.
    fn into_diagnostics(self, place: impl FnOnce(&str) -> Place) -> Vec<Diagnostic> {
        match self {
            Self::Unreadable { name, source } => {
                let diagnostic = Diagnostic::new("no-org-file", Self::title(&name, &source)).hint(HINT);
                vec![diagnostic.at(place("this file"))]
            }
            Self::Invalid(mistakes) => mistakes,
        }
    }
}

/// What to do without such a file.
pub(crate) const HINT: &str = "`vestibule probe ORG --as USER --output FILE` makes one";

/// The settings of a file.
///
/// # Errors
///
/// [`OrgFileFault`] if it cannot be read or has no such settings.
pub(crate) fn org_settings_of_file(file: &Path) -> Result<OrgSettings, OrgFileFault> {
    let name = file.display().to_string();
    let bytes = File::open(file).and_then(|file| {
        let mut bytes = Vec::new();
        file.take(MOST_BYTES).read_to_end(&mut bytes).map(|_| bytes)
    });
    let bytes = bytes.map_err(|source| OrgFileFault::Unreadable { name: name.clone(), source })?;
    load_org_settings(SourceFile { id: name.clone(), name, bytes }).map_err(OrgFileFault::Invalid)
}

/// Reads the files that the orgs of these cases and their twins are like, relative to the folders of their scenarios.
///
/// # Errors
///
/// Every file that cannot be read, and every mistake in one, once.
pub(crate) fn read_org_files(cases: &mut [Case]) -> Result<(), Vec<Diagnostic>> {
    find_beside(cases, refused, |case, (at, fault)| fault.into_diagnostics(|label| case.place(at, label)))
}

/// The file that cannot be used, and where it is named.
fn refused(scenario: &mut Scenario, folder: &Path) -> Vec<(Span, OrgFileFault)> {
    let Some(name) = scenario.org.like.clone() else { return Vec::new() };
    let at = scenario.places.of(&["org", "like"]);
    let taken = org_settings_of_file(&folder.join(name)).and_then(|settings| {
        scenario.take_org_settings(&settings).map_err(|mistake| OrgFileFault::Invalid(vec![mistake]))
    });
    taken.err().map(|fault| (at, fault)).into_iter().collect()
}

/// Far more than the settings of an org.
const MOST_BYTES: u64 = 1024 * 1024;

#[cfg(test)]
mod tests {
    use std::fs;

    use vestibule_model::EnrolmentGate;
    use vestibule_model::diagnostic::render;

    use crate::entry::load_cases;
    use crate::scenario::discover;

    const SUITE: &str = "\
title: An org like ours
org: { kind: sandbox, date: 2026-09-01, like: ours.yaml }
users: { rep: {} }
steps: [{ sign-in: { user: rep } }]
expect: { page: home }
must-fail: { change: { org.gate: hard }, because: page }
";

    #[test]
    fn a_scenario_and_its_twin_are_like_the_file_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        let suite = folder.path().join("suite.yaml");
        fs::write(&suite, SUITE).unwrap();
        fs::write(folder.path().join("ours.yaml"), "gate: leavable\nlockout-after: 3\n").unwrap();

        let cases = load_cases(discover(&[suite]).unwrap()).unwrap();

        let (own, twin) = (&cases[0].scenario.org, &cases[0].twin.as_ref().unwrap().scenario.org);
        assert_eq!((own.gate, own.lockout_after), (Some(EnrolmentGate::Leavable), 3));
        assert_eq!((twin.gate, twin.lockout_after), (Some(EnrolmentGate::Hard), 3));
    }

    #[test]
    fn a_file_that_is_missing_or_wrong_is_reported_at_its_place_once() {
        let folder = tempfile::tempdir().unwrap();
        let suite = folder.path().join("suite.yaml");
        fs::write(&suite, SUITE).unwrap();
        let refused = || {
            let found = load_cases(discover(std::slice::from_ref(&suite)).unwrap()).unwrap_err();
            assert_eq!(found.len(), 1, "once, for the scenario and its twin: {found:?}");
            render(&found[0], false, 200)
        };

        let missing = refused();
        fs::write(folder.path().join("ours.yaml"), "gaet: leavable\n").unwrap();
        let wrong = refused();

        assert!(missing.contains("suite.yaml:2:") && missing.contains("there is no file"), "{missing}");
        assert!(wrong.contains("ours.yaml:1:1") && wrong.contains("did you mean `gate`?"), "{wrong}");
    }
}
