use quick_xml::Reader;
use quick_xml::events::Event;

use super::*;
use crate::report::sample;

#[test]
fn the_report_is_as_recorded() {
    let _settings = vestibule_snapshots::settings("reports").bind_to_scope();

    insta::assert_snapshot!("junit", junit(&sample::outcome()).unwrap());
}

#[test]
fn the_report_is_well_formed_and_counts_failures_apart_from_errors() {
    let xml = junit(&sample::outcome()).unwrap();

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
fn characters_that_xml_cannot_hold_do_not_break_the_report() {
    let mut outcome = sample::outcome();
    outcome.cases[0].info.title = "bell \u{7} and escape \u{1b}[31mred ]]> <tag>".to_owned();

    let xml = junit(&outcome).unwrap();

    let mut reader = Reader::from_str(&xml);
    while reader.read_event().unwrap() != Event::Eof {}
    assert!(!xml.contains(['\u{7}', '\u{1b}']));
}

#[test]
fn a_run_without_cases_is_a_report_too() {
    let xml = junit(&RunOutcome::default()).unwrap();

    assert!(xml.contains("tests=\"0\""), "{xml}");
}
