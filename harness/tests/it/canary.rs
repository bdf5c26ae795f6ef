//! Secrets stay out of everything that is written, whatever their source.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::DeflateDecoder;
use serde_json::Value;

use crate::files::files_below;
use crate::program::run;

const SCENARIO: &str = "\
title: A rep gets home
org: { kind: production, date: 2026-01-01, login-page: two-step }
users:
  rep: { username: rep@acme.example }
steps:
  - sign-in: { user: rep }
expect:
  text: no such text
  snapshot: { record: [pages, journal, login-history, decision], mask: [path] }
matrix:
  users.rep.password: ['canary &<pw> 4711']
";

#[test]
fn the_canary_of_a_failing_case_is_in_nothing_that_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let (suite, report) = (folder.path().join("case.yaml"), folder.path().join("report"));
    fs::write(&suite, SCENARIO).unwrap();

    let (code, out, err) = run(&["run", suite.to_str().unwrap(), "--report-dir", report.to_str().unwrap(), "--json"]);

    assert_eq!(code, Some(1), "{err}");
    fs::remove_file(&suite).unwrap();
    let written = written(folder.path(), out, err);
    assert!(written.len() >= 6, "two streams, three reports, the snapshot");
    for (name, text) in &written {
        for form in [
            "canary &<pw> 4711",
            "canary%20%26",
            "canary+%26",
            "canary &amp;&lt;pw",
            "canary &#38;",
            "Y2FuYXJ5ICY8",
            "canary-pw-4711",
        ] {
            assert!(!name.contains(form), "the name {name} holds the password");
            assert!(!text.contains(form), "{name} holds the password as {form}");
        }
        assert!(!text.contains("!AQ"), "{name} holds a session id");
    }
}

/// The suite reveals a password, TOTP secret, session id, private key and assertion: in commands to the browser, in a
/// URL, on the console, and in its output in six encodings.
#[test]
fn secrets_that_a_suite_reveals_are_in_nothing_that_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let (told, report) = (folder.path().join("told.jsonl"), folder.path().join("report"));
    let script = folder.path().join("suite.py");
    fs::write(&script, include_str!("canary/suite.py")).unwrap();

    let mut arguments = vec!["survive", "--condition", "totp-required", "--json", "--no-progress", "--report-dir"];
    arguments.extend([report.to_str().unwrap(), "--", "python3", script.to_str().unwrap(), told.to_str().unwrap()]);
    let (code, out, err) = run(&arguments);

    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("\"verdict\":\"failed-later\""), "the front door opens home, and then the suite fails: {out}");
    let secrets: Value = serde_json::from_str(&fs::read_to_string(&told).unwrap()).unwrap();
    fs::remove_file(&told).unwrap();
    fs::remove_file(&script).unwrap();
    let written = written(folder.path(), out, err);
    let shown = written.iter().filter(|(_, text)| text.contains("told: saml-response"));
    assert!(shown.count() >= 2, "run.jsonl and the details of the report hold the command's output");
    for (secret, forms) in secrets.as_object().unwrap() {
        for form in forms.as_array().unwrap().iter().filter_map(Value::as_str) {
            for (name, text) in &written {
                assert!(!text.contains(form), "{name} holds the {secret} as {form}");
            }
        }
    }
}

/// Every file of a folder, both streams, and the details that the report shows when a case is opened, each with a name.
fn written(folder: &Path, out: String, err: String) -> Vec<(String, String)> {
    let mut written = vec![("stdout".to_owned(), out), ("stderr".to_owned(), err)];
    for file in files_below(folder) {
        written.push((file.display().to_string(), String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned()));
    }
    let report = written.iter().find(|(name, _)| name.ends_with("report.html")).map(|(_, text)| text.clone()).unwrap();
    let blobs = packed_details(&report);
    assert!(!blobs.is_empty(), "the case has details");
    written.extend(blobs.into_iter().map(|text| ("the details inside report.html".to_owned(), text)));
    written
}

/// What the report shows when a case is opened, as the script reads it.
fn packed_details(page: &str) -> Vec<String> {
    let blobs = page.split("octet-stream\">").skip(1).filter_map(|rest| rest.split('<').next());
    let inflate = |packed: &str| {
        let bytes = STANDARD.decode(packed).unwrap();
        let mut text = String::new();
        DeflateDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
        text
    };
    blobs.map(inflate).collect()
}
