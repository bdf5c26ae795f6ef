//! Recorded expectations: written, refused under CI, accepted, compared; and secrets stay out of everything written.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::DeflateDecoder;
use tempfile::TempDir;

use crate::program::run;

const SCENARIO: &str = "\
title: A rep gets home
org: { kind: production, date: 2026-01-01 }
users:
  rep: { username: rep@acme.example, password: 'canary &<pw> 4711' }
steps:
  - sign-in: { user: rep }
expect:
  snapshot: { record: [pages, journal, login-history, decision], mask: [path] }
";

#[test]
fn a_missing_snapshot_fails_is_written_for_review_and_holds_once_it_is_accepted() {
    let folder = suite(SCENARIO);

    let (code, _, missing) = run_in(&folder, &[]);
    assert_eq!(code, Some(1), "{missing}");
    assert!(missing.contains("no snapshot `a-rep-gets-home` is recorded"), "{missing}");
    let pending = folder.path().join("snapshots/a-rep-gets-home.snap.new");
    assert!(pending.exists());

    let (code, _, _) = run(&["snapshots", "accept", "--all", "--in", folder.path().to_str().unwrap()]);
    assert_eq!(code, Some(0));
    let (code, _, same) = run_in(&folder, &[]);
    assert_eq!(code, Some(0), "{same}");
}

#[test]
fn under_ci_a_missing_snapshot_fails_and_nothing_is_written() {
    let folder = suite(SCENARIO);

    let (code, _, said) = run_in(&folder, &["--ci"]);

    assert_eq!(code, Some(1), "{said}");
    assert!(!folder.path().join("snapshots").exists());
}

#[test]
fn another_text_is_shown_as_a_difference() {
    let folder = suite(SCENARIO);
    let (code, _, _) = run_in(&folder, &["-u"]);
    assert_eq!(code, Some(0));
    let snap = folder.path().join("snapshots/a-rep-gets-home.snap");
    let text = fs::read_to_string(&snap).unwrap();
    fs::write(&snap, text.replace("\nhome\n", "\ncreate-passkey\n")).unwrap();

    let (code, _, said) = run_in(&folder, &["--ci"]);

    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("- create-passkey") && said.contains("+ home"), "{said}");
}

#[test]
fn the_canary_of_a_failing_case_is_in_nothing_that_was_written() {
    let folder = suite(&SCENARIO.replace("  snapshot:", "  text: no such text\n  snapshot:"));

    let (code, out, err) = run_in(&folder, &["--json"]);

    assert_eq!(code, Some(1), "{err}");
    let mut written = vec![("stdout".to_owned(), out), ("stderr".to_owned(), err)];
    for file in files(folder.path()) {
        written.push((file.display().to_string(), String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned()));
    }
    assert!(written.len() >= 6, "two streams, three reports, the snapshot and the scenario itself");
    let encoded =
        ["canary &<pw> 4711", "canary%20%26", "canary+%26", "canary &amp;&lt;pw", "canary &#38;", "Y2FuYXJ5ICY8"];
    let report = written.iter().find(|(name, _)| name.ends_with("report.html")).map(|(_, text)| text.clone()).unwrap();
    let blobs = packed_details(&report);
    assert!(!blobs.is_empty(), "the failed case has details");
    written.extend(blobs.into_iter().map(|text| ("the details inside report.html".to_owned(), text)));
    for (name, text) in written.iter().filter(|(name, _)| !name.ends_with("case.yaml")) {
        for secret in encoded {
            assert!(!text.contains(secret), "{name} holds the password as {secret}");
        }
        assert!(!text.contains("!AQ"), "{name} holds a session id");
    }
}

/// What the report shows when a case is opened, as the script reads it.
fn packed_details(page: &str) -> Vec<String> {
    let blobs = page.split("application/octet-stream\">").skip(1).filter_map(|rest| rest.split('<').next());
    let inflate = |packed: &str| {
        let bytes = STANDARD.decode(packed).unwrap();
        let mut text = String::new();
        DeflateDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
        text
    };
    blobs.map(inflate).collect()
}

fn suite(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("case.yaml"), text).unwrap();
    folder
}

fn run_in(folder: &TempDir, more: &[&str]) -> (Option<i32>, String, String) {
    let (suite, report) = (folder.path().join("case.yaml"), folder.path().join("report"));
    let mut arguments = vec!["run", suite.to_str().unwrap(), "--report-dir", report.to_str().unwrap()];
    arguments.extend(more);
    run(&arguments)
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
