use quick_xml::Reader;
use quick_xml::events::Event;
use vestibule_model::{Confidence, OrgKind};

use super::*;
use crate::outcome::{ConditionInfo, Exit, Finding, GoodEnd, Owner, SuiteLocation, SuiteResult, Survival};
use crate::report::sample;

#[test]
fn the_report_is_as_recorded() {
    let _settings = vestibule_snapshots::settings("reports").bind_to_scope();

    insta::assert_snapshot!("junit", junit(&sample::outcome(), &|_| None).unwrap());
}

#[test]
fn the_report_is_well_formed_and_counts_failures_apart_from_errors() {
    let xml = junit(&sample::outcome(), &|_| None).unwrap();

    let mut reader = Reader::from_str(&xml);
    let (mut tests, mut failures, mut errors, mut skipped, mut depth) = (0, 0, 0, 0, 0_i32);
    loop {
        let event = reader.read_event().unwrap();
        let (start, end) = (matches!(event, Event::Start(_)), matches!(event, Event::End(_)));
        depth += i32::from(start) - i32::from(end);
        match event {
            Event::Start(tag) | Event::Empty(tag) => match tag.name().as_ref() {
                "testcase" => tests += 1,
                "failure" => failures += 1,
                "error" => errors += 1,
                "skipped" => skipped += 1,
                "testsuites" => {
                    let value = |name: &str| tag.try_get_attribute(name).unwrap().unwrap().value.into_owned();
                    assert_eq!(
                        (value("tests"), value("failures"), value("errors")),
                        ("5".into(), "2".into(), "1".into())
                    );
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }

    assert_eq!((tests, failures, errors, skipped, depth), (5, 2, 1, 1, 0));
}

#[test]
fn every_report_says_which_run_of_a_repeated_case_it_is() {
    let mut outcome = sample::outcome();
    for case in &mut outcome.cases {
        case.info.title = "Title".to_owned();
        case.info.repeat = Some(crate::outcome::Repeat { case: "a".to_owned(), number: 2, of: 3 });
    }

    // A badge is about the whole run.
    for format in crate::report::FORMATS.iter().filter(|format| format.name != "badge") {
        let text = format.render(&outcome, &|_| None).unwrap();
        assert!(text.contains("Title (run 2 of 3)"), "{}: {text}", format.name);
    }
    assert!(crate::report::github_summary(&outcome).contains("Title (run 2 of 3)"));
    assert!(crate::report::github_annotations(&outcome, &|_| None).contains("Title (run 2 of 3)"));
}

#[test]
fn characters_that_xml_cannot_hold_do_not_break_the_report() {
    let mut outcome = sample::outcome();
    outcome.cases[0].info.title = "bell \u{7} and escape \u{1b}[31mred ]]> <tag>".to_owned();

    let xml = junit(&outcome, &|_| None).unwrap();

    let mut reader = Reader::from_str(&xml);
    while reader.read_event().unwrap() != Event::Eof {}
    assert!(!xml.contains(['\u{7}', '\u{1b}']));
}

#[test]
fn a_run_without_cases_is_a_report_too() {
    let xml = junit(&RunOutcome::default(), &|_| None).unwrap();

    assert!(xml.contains("tests=\"0\""), "{xml}");
}

#[test]
fn attempts_that_did_not_pass_are_flaky_failures_and_flaky_errors() {
    let xml = junit(&sample::retried(), &|_| None).unwrap();

    let flaky = between(&xml, "An admin with a passkey signs in", "</testcase>");
    assert!(flaky.contains("<flakyFailure ") && flaky.contains("error[page]: the browser stands"), "{flaky}");
    assert!(flaky.contains(r#"<property name="attempt" value="2"/>"#), "{flaky}");
    assert!(flaky.contains(r#"<property name="flaky" value="true"/>"#), "{flaky}");
    let recovered = between(&xml, "Okta push", "</testcase>");
    assert!(recovered.contains("<flakyError ") && !recovered.contains("<error"), "{recovered}");
    assert!(recovered.contains(r#"<property name="recovered" value="true"/>"#), "{recovered}");
}

#[test]
fn what_is_known_of_a_case_stands_in_its_properties() {
    let mut outcome = sample::outcome();
    let result = outcome.cases[1].result.as_mut().unwrap();
    result.finding = Some(Finding {
        cause: "gate-not-handled".to_owned(),
        sentence: "the gate was not handled".to_owned(),
        evidence: Vec::new(),
        quoted: None,
        owner: Owner::OrgAdmin,
        remedy: "register a passkey".to_owned(),
        fact: "B6".to_owned(),
    });
    result.journal = vec![serde_json::json!({ "event": { "decided": { "decision": {
        "strength": "weak", "rules": [{ "id": "enforced" }, { "id": "enrol-method" }] } } } })];
    result.suite = Some(SuiteResult {
        survival: Survival::FalseGreen,
        command: vec!["pytest".to_owned()],
        exit: Exit::Code(0),
        output: "1 passed".to_owned(),
        output_bytes: 9_000,
        kept_bytes: Some(70),
        failed_at: None,
        artefacts: Vec::new(),
    });

    let xml = junit(&outcome, &|case| Some(format!("reports/shots/{}.png", case.info.line))).unwrap();

    let case = between(&xml, "An admin without a passkey", "</testcase>");
    for (name, value) in [
        ("cause", "gate-not-handled"),
        ("owner", "org admin"),
        ("strength", "weak"),
        ("rules", "enforced enrol-method"),
        ("survival", "false-green"),
    ] {
        assert!(case.contains(&format!(r#"<property name="{name}" value="{value}"/>"#)), "{name}: {case}");
    }
    let cut = "output of the command (9000 bytes, of which the start and the end are kept, 70 bytes):\n1 passed\n";
    assert!(case.contains(cut), "{case}");
    // Redaction changes the length of what was kept whole.
    let suite = outcome.cases[1].result.as_mut().unwrap().suite.as_mut().unwrap();
    suite.kept_bytes = Some(9_000);
    assert!(junit(&outcome, &|_| None).unwrap().contains("output of the command (9000 bytes):\n1 passed"));
    assert!(case.contains("\n[[ATTACHMENT|reports/shots/19.png]]</system-out>"), "{case}");
}

#[test]
fn a_condition_goes_by_its_name_and_its_failure_by_the_cause() {
    let mut outcome = sample::outcome();
    outcome.cases[1].info.condition = Some(ConditionInfo {
        name: "passkey-gate-hard".to_owned(),
        good: GoodEnd::Home,
        owner: Owner::OrgAdmin,
        applies: true,
        since: Some("2026-06-22".to_owned()),
        confidence: Confidence::Official,
        fact: String::new(),
        remedy: String::new(),
        causes: Vec::new(),
        org: Some(OrgKind::Sandbox),
        not_applied: vec!["gate=leavable".to_owned()],
        options: Vec::new(),
    });
    for (survival, owner, start) in [
        (Survival::Stopped, Owner::Suite, "<failure message=\"The login got as far as the gate"),
        (Survival::FalseGreen, Owner::Suite, "<failure message=\"false green: The login got as far as the gate"),
        (Survival::Stopped, Owner::Vestibule, "<error message=\"not simulated: The login got as far as the gate"),
    ] {
        let result = outcome.cases[1].result.as_mut().unwrap();
        result.finding.as_mut().unwrap().owner = owner;
        result.suite = Some(SuiteResult {
            survival,
            command: vec!["pytest".to_owned()],
            exit: Exit::Code(0),
            output: String::new(),
            output_bytes: 0,
            kept_bytes: None,
            failed_at: Some(SuiteLocation { file: "tests/test_login.py".to_owned(), line: 12, column: None }),
            artefacts: Vec::new(),
        });

        let xml = junit(&outcome, &|_| None).unwrap();

        let case = between(&xml, "<testcase name=\"passkey-gate-hard\"", "</testcase>");
        assert!(case.contains(start), "{case}");
        assert!(case.contains("type=\"gate-not-handled\""), "{case}");
        for (name, value) in [
            ("owner", owner.word()),
            ("org", "sandbox"),
            ("since", "2026-06-22"),
            ("not-applied", "gate=leavable"),
            ("failed-at", "tests/test_login.py:12"),
        ] {
            assert!(case.contains(&format!(r#"<property name="{name}" value="{value}"/>"#)), "{name}: {case}");
        }
    }
}

/// What the schema of Surefire allows inside an element.
const INSIDE: [(&str, &[&str]); 7] = [
    ("testsuites", &["testsuite"]),
    ("testsuite", &["testcase"]),
    ("testcase", &["properties", "failure", "error", "skipped", "flakyFailure", "flakyError", "system-out"]),
    ("properties", &["property"]),
    ("flakyFailure", &["stackTrace", "system-out"]),
    ("flakyError", &["stackTrace", "system-out"]),
    ("system-out", &[]),
];

#[test]
fn every_element_stands_where_surefire_has_it_and_the_counts_are_those_of_the_elements() {
    for outcome in [sample::outcome(), sample::retried()] {
        let xml = junit(&outcome, &|_| Some("a.png".to_owned())).unwrap();
        let mut reader = Reader::from_str(&xml);
        let (mut path, mut found, mut said) = (Vec::<String>::new(), [0; 4], [0; 4]);
        loop {
            let event = reader.read_event().unwrap();
            match &event {
                Event::Start(tag) | Event::Empty(tag) => {
                    let name = tag.name().as_ref().to_owned();
                    if let Some(parent) = path.last() {
                        let allowed = INSIDE.iter().find(|(outer, _)| outer == parent);
                        let allowed = allowed.map_or(&[][..], |(_, inner)| inner);
                        assert!(allowed.contains(&name.as_str()), "<{name}> inside <{parent}>");
                    }
                    let kinds = ["testcase", "failure", "error", "skipped"];
                    if let Some(kind) = kinds.iter().position(|kind| *kind == name) {
                        found[kind] += 1;
                    }
                    if name == "testsuite" {
                        for (kind, count) in ["tests", "failures", "errors", "skipped"].iter().zip(&mut said) {
                            let value = tag.try_get_attribute(kind).unwrap().unwrap().value.into_owned();
                            *count += value.parse::<i32>().unwrap();
                        }
                    }
                    if matches!(event, Event::Start(_)) {
                        path.push(name);
                    }
                }
                Event::End(_) => drop(path.pop()),
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(found, said);
        assert!(path.is_empty());
    }
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap();
    let end = text[start..].find(to).unwrap();
    &text[start..start + end]
}
