//! Preset files: the lookup that options and scenarios share.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use vestibule_model::diagnostic::{Diagnostic, Place};
use vestibule_model::yaml::Span;
use vestibule_model::{IdpSpec, Preset};
use vestibule_simulator::idp::presets::{self, PresetError};

use crate::scenario::{Case, SourceFile, load_preset};

/// A preset file that cannot be used.
#[derive(Debug)]
pub(crate) enum PresetFault {
    /// It cannot be read.
    Unreadable {
        /// The name as given.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// It is not a preset.
    Invalid {
        /// Its name.
        name: String,
        /// The mistakes in it, each with its place.
        mistakes: Vec<Diagnostic>,
    },
    /// It is like one that does not exist.
    Incomplete {
        /// Its name.
        name: String,
        /// What is wrong.
        error: PresetError,
    },
}

impl PresetFault {
    /// What is wrong, in one sentence.
    pub(crate) fn title(&self) -> String {
        match self {
            Self::Unreadable { name, source } => format!("failed to read the preset {name}: {source}"),
            Self::Invalid { name, mistakes } => {
                let first = mistakes.first().map(|mistake| format!(": {}", mistake.title)).unwrap_or_default();
                format!("{name} is not a valid preset{first}")
            }
            Self::Incomplete { name, error } => format!("{name}: failed to {error}"),
        }
    }

    fn into_diagnostics(self, place: impl FnOnce(&str) -> Place) -> Vec<Diagnostic> {
        match self {
            Self::Invalid { mistakes, .. } => mistakes,
            other => vec![Diagnostic::new("unknown-preset", other.title()).at(place("this preset"))],
        }
    }
}

/// The preset of a file, with the rows of the built-in one that it is like.
///
/// # Errors
///
/// [`PresetFault`] if it cannot be read or is not a preset.
pub(crate) fn preset_of_file(file: &Path) -> Result<Preset, PresetFault> {
    let name = file.display().to_string();
    let bytes = fs::File::open(file).and_then(|file| {
        let mut bytes = Vec::new();
        file.take(MOST_BYTES).read_to_end(&mut bytes).map(|_| bytes)
    });
    let bytes = bytes.map_err(|source| PresetFault::Unreadable { name: name.clone(), source })?;
    let file = SourceFile { id: name.clone(), name: name.clone(), bytes };
    let preset = load_preset(file).map_err(|mistakes| PresetFault::Invalid { name: name.clone(), mistakes })?;
    presets::complete(preset).map_err(|error| PresetFault::Incomplete { name, error })
}

/// Reads the file that an identity provider names as its preset, relative to this folder. A built-in preset stays as it is.
///
/// # Errors
///
/// [`PresetFault`] if it cannot be read or is not a preset.
pub(crate) fn read_preset(idp: &mut IdpSpec, folder: &Path) -> Result<(), PresetFault> {
    if idp.own_preset.is_none()
        && idp.preset_is_a_file()
        && let Some(name) = &idp.preset
    {
        idp.own_preset = Some(preset_of_file(&folder.join(name))?);
    }
    Ok(())
}

/// Reads the preset files that these cases and their twins name, relative to the folders of their scenarios.
///
/// # Errors
///
/// Every file that cannot be used, once.
pub(crate) fn read_presets(cases: &mut [Case]) -> Result<(), Vec<Diagnostic>> {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for case in cases {
        let folder = Path::new(&case.file).parent().unwrap_or(Path::new("")).to_owned();
        let mut faults: Vec<(Span, PresetFault)> = Vec::new();
        let twin = case.twin.as_mut().map(|twin| &mut twin.scenario);
        for scenario in std::iter::once(&mut case.scenario).chain(twin) {
            for (key, idp) in &mut scenario.idps {
                if let Err(fault) = read_preset(&mut idp.value, &folder) {
                    faults.push((scenario.places.of_idp(key, &["preset"]), fault));
                }
            }
        }
        for (at, fault) in faults {
            for diagnostic in fault.into_diagnostics(|label| case.place(at, label)) {
                if !diagnostics.contains(&diagnostic) {
                    diagnostics.push(diagnostic);
                }
            }
        }
    }
    if diagnostics.is_empty() { Ok(()) } else { Err(diagnostics) }
}

/// Far more than a preset.
const MOST_BYTES: u64 = 1024 * 1024;

#[cfg(test)]
mod tests {
    use vestibule_model::diagnostic::render;
    use vestibule_model::{IdpProtocol, MethodUsed};

    use super::*;
    use crate::entry::load_cases;
    use crate::scenario::discover;

    const CORP: &str = "\
describe: our Okta with an attribute of our own
like: okta
saml:
  amr-attribute: methods
  methods:
    push: { amr: [swk], mark: V, source: a trace of ours }
";

    const SUITE: &str = "\
title: Our own preset
org: { kind: production, date: 2026-09-01 }
users: { rep: {} }
idp: { preset: corp.yaml, method: push }
steps: [{ sign-in: { user: rep, via: sso } }]
expect: { page: create-passkey }
must-fail: { change: { idp.preset: okta }, because: page }
";

    #[test]
    fn a_scenario_finds_the_preset_beside_it_and_its_twin_may_have_another() {
        let folder = tempfile::tempdir().unwrap();
        let suite = folder.path().join("suite.yaml");
        fs::write(&suite, SUITE).unwrap();
        let presets = folder.path().join("corp.yaml");

        let refused = |text: Option<&str>| {
            if let Some(text) = text {
                fs::write(&presets, text).unwrap();
            }
            let wrong = load_cases(discover(std::slice::from_ref(&suite)).unwrap()).unwrap_err();
            assert_eq!(wrong.len(), 1, "{wrong:?}");
            render(&wrong[0], false, 200)
        };
        let missing = refused(None);
        assert!(missing.contains("suite.yaml:4:") && missing.contains("failed to read the preset"), "{missing}");
        let misspelt = refused(Some(&CORP.replace("amr-attribute", "amr-atribute")));
        assert!(misspelt.contains("corp.yaml:4:") && misspelt.contains("did you mean `amr-attribute`?"), "{misspelt}");
        let unlike = refused(Some(&CORP.replace("like: okta", "like: octa")));
        assert!(unlike.contains("did you mean `okta`?"), "{unlike}");
        let empty = refused(Some("describe: nothing\n"));
        assert!(empty.contains("says nothing"), "{empty}");

        fs::write(&presets, CORP).unwrap();
        let cases = load_cases(discover(&[suite]).unwrap()).unwrap();
        let own = cases[0].scenario.idps["idp"].own_preset.clone().unwrap();
        let saml = own.emission(IdpProtocol::Saml).unwrap();
        assert_eq!(saml.methods[&MethodUsed::Push].amr, ["swk"]);
        assert_eq!(saml.amr_attribute.as_deref(), Some("methods"));
        assert_eq!(cases[0].twin.as_ref().unwrap().scenario.idps["okta"].own_preset, None);
    }
}
