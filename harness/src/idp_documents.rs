//! The documents of identity providers that are not simulated: scenarios name them beside themselves.

use std::path::Path;

use vestibule_model::IdpDocument;
use vestibule_model::diagnostic::Diagnostic;
use vestibule_model::yaml::Span;

use crate::scenario::model::Scenario;
use crate::scenario::{Case, find_beside};

/// Looks for the documents that these cases and their twins name as files, in the folders of their scenarios.
///
/// # Errors
///
/// Every file that is missing, once.
pub(crate) fn find_documents(cases: &mut [Case]) -> Result<(), Vec<Diagnostic>> {
    find_beside(cases, missing, |case, (at, file)| {
        let diagnostic = Diagnostic::new("unknown-file", format!("there is no file {file}"));
        vec![diagnostic.at(case.place(at, "no such file"))]
    })
}

/// The files that are missing, and where they are named.
fn missing(scenario: &mut Scenario, folder: &Path) -> Vec<(Span, String)> {
    let mut missing = Vec::new();
    for (key, idp) in &mut scenario.idps {
        idp.value = idp.value.clone().with_documents_in(folder);
        if let Some(IdpDocument::File(file)) = idp.value.document()
            && !file.is_file()
        {
            let document = if idp.value.metadata.is_some() { "metadata" } else { "discovery" };
            missing.push((scenario.places.of_idp(key, &[document]), file.display().to_string()));
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use std::fs;

    use vestibule_model::diagnostic::render;

    use super::*;
    use crate::entry::load_cases;
    use crate::scenario::discover;

    #[test]
    fn a_scenario_and_its_twin_find_the_metadata_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        let suite = folder.path().join("suite.yaml");
        fs::write(&suite, SUITE).unwrap();

        let missing = load_cases(discover(std::slice::from_ref(&suite)).unwrap()).unwrap_err();
        assert_eq!(missing.len(), 1, "once, for the scenario and its twin: {missing:?}");
        let missing = render(&missing[0], false, 200);
        assert!(missing.contains("suite.yaml:4:") && missing.contains("no such file"), "{missing}");

        let metadata = folder.path().join("corp.xml");
        fs::write(&metadata, "<a/>").unwrap();
        let cases = load_cases(discover(&[suite]).unwrap()).unwrap();
        let twin = &cases[0].twin.as_ref().unwrap().scenario;
        for scenario in [&cases[0].scenario, twin] {
            assert_eq!(scenario.idps["corp"].metadata, Some(IdpDocument::File(metadata.clone())));
        }
    }

    const SUITE: &str = "\
title: The company's own identity provider
org: { kind: production, date: 2026-09-01 }
users: { rep: { profile: Standard User } }
idps: { corp: { metadata: corp.xml } }
steps:
  - sign-in: { user: rep, via: password, actor: two-step }
expect: { page: home }
must-fail:
  change: { users.rep.locked: true }
  because: page
";
}
