//! Every status of Login History about single sign-on is the expectation of a test.

use std::path::Path;

use strum::IntoEnumIterator as _;
use vestibule_model::LoginStatus;

#[test]
fn every_status_of_single_sign_on_occurs_in_a_test() {
    let mut sources = String::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it"), &mut sources);

    // They follow one another, from this one on.
    let of_sso = LoginStatus::iter().skip_while(|status| *status != LoginStatus::AssertionInvalid);
    let untested: Vec<_> = of_sso.filter(|status| !sources.contains(&format!("\"{}\"", status.text()))).collect();

    assert_eq!(untested, Vec::new());
}

fn collect(folder: &Path, sources: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}
