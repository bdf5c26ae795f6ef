//! What scenarios name beside themselves, in the folder of their file.

use std::path::Path;

use vestibule_model::diagnostic::Diagnostic;

use super::case::Case;
use super::model::Scenario;

/// Lets `find` look for what each case and its twin name, in the folder of their file; `tell` says what is wrong with it.
///
/// # Errors
///
/// Everything that is wrong, once.
pub(crate) fn find_beside<Fault>(
    cases: &mut [Case],
    find: impl Fn(&mut Scenario, &Path) -> Vec<Fault>,
    tell: impl Fn(&Case, Fault) -> Vec<Diagnostic>,
) -> Result<(), Vec<Diagnostic>> {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for case in cases {
        let folder = Path::new(&case.file).parent().unwrap_or(Path::new("")).to_owned();
        let twin = case.twin.as_mut().map(|twin| &mut twin.scenario);
        let scenarios = std::iter::once(&mut case.scenario).chain(twin);
        let faults: Vec<Fault> = scenarios.flat_map(|scenario| find(scenario, &folder)).collect();
        for diagnostic in faults.into_iter().flat_map(|fault| tell(case, fault)) {
            if !diagnostics.contains(&diagnostic) {
                diagnostics.push(diagnostic);
            }
        }
    }
    if diagnostics.is_empty() { Ok(()) } else { Err(diagnostics) }
}
