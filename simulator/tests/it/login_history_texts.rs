//! Every status of Login History is the expectation of a test (contract D2.1 to D2.6, H1.4, H1.7).

use std::path::Path;

use strum::IntoEnumIterator as _;
use vestibule_model::LoginStatus;

/// A comment proves nothing, and neither does this file, which names none.
#[test]
fn every_status_of_login_history_is_expected_by_a_test() {
    let mut code = String::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it"), &mut code);

    let untested: Vec<_> =
        LoginStatus::iter().filter(|status| !code.contains(&format!("\"{}\"", status.text()))).collect();

    assert_eq!(untested, Vec::new());
}

fn collect(folder: &Path, code: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, code);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            code.extend(lines.flat_map(|line| [line, "\n"]));
        }
    }
}
