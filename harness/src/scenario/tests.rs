//! Reads and checks the built-in scenarios without a browser. Bad scenarios are refused with a helpful message.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use strum::IntoEnumIterator;
use vestibule_model::SignInRoute;
use vestibule_model::diagnostic::{Diagnostic, render};

use super::model::Step;
use super::*;
use crate::stopwatch::Stopwatch;
use crate::vocabulary;

fn shipped() -> Vec<Case> {
    load(embedded_suites(), &vocabulary()).unwrap_or_else(|found| panic!("{}", rendered(&found)))
}

fn rendered(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|one| render(one, false, 100)).collect::<Vec<_>>().join("\n\n")
}

fn errors_of(name: &str, bytes: Vec<u8>) -> Vec<Diagnostic> {
    let file = SourceFile { name: name.to_owned(), id: name.to_owned(), bytes };
    load(vec![file], &vocabulary()).expect_err("this scenario is bad")
}

#[test]
fn every_shipped_scenario_is_good_and_has_a_twin() {
    let cases = shipped();

    for case in &cases {
        let twin = twin(case).unwrap_or_else(|| panic!("{} has no must-fail", case.id));
        assert_ne!(twin.scenario, case.scenario, "{}", case.id);
        assert!(twin.must_fail_because.is_some());
    }
}

#[test]
fn ids_of_shipped_cases_are_unique_and_titles_say_their_point() {
    let cases = shipped();

    let ids: BTreeSet<_> = cases.iter().map(|case| &case.id).collect();
    let titles: BTreeSet<_> = cases.iter().map(|case| &case.title).collect();

    assert_eq!((ids.len(), titles.len()), (cases.len(), cases.len()));
}

#[test]
fn every_shipped_file_opens_with_a_comment_that_says_what_it_teaches() {
    for file in embedded_suites() {
        let text = String::from_utf8(file.bytes).unwrap();
        assert!(text.starts_with("# "), "{} has no opening comment", file.name);
        assert!(text.lines().all(|line| line.chars().count() <= 200), "{} has a very long line", file.name);
    }
}

#[test]
fn the_shipped_suites_walk_every_route() {
    let mut routes = BTreeSet::new();
    for case in shipped() {
        for step in &case.scenario.steps {
            if let Step::SignIn(sign_in) = &step.value {
                routes.insert(<&str>::from(sign_in.via.value));
            }
        }
    }

    assert_eq!(routes, SignInRoute::iter().map(<&str>::from).collect());
}

#[test]
fn a_bad_scenario_is_refused_with_place_valid_values_and_remedy() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad-scenarios");
    let files = discover(&[folder]).unwrap();

    vestibule_snapshots::settings("bad-scenarios").bind(|| {
        for file in files {
            let name = file.id.trim_end_matches(".yaml").to_owned();
            let found = errors_of(&file.id, file.bytes);
            assert!(found.iter().all(|one| one.place.is_some()), "{name} has an error without a place");
            insta::assert_snapshot!(name, rendered(&found));
        }
    });
}

#[test]
fn a_megabyte_of_nonsense_is_refused_at_once() {
    let nonsense: [(&str, String); 5] = [
        ("letters", "x".repeat(999_999)),
        ("brackets", "[".repeat(999_999)),
        ("braces", "{a: ".repeat(249_999)),
        ("items", "- x\n".repeat(249_999)),
        ("documents", "---\na: b\n".repeat(111_110)),
    ];

    for (name, text) in nonsense {
        let began = Stopwatch::start();
        let found = errors_of("nonsense.yaml", text.into_bytes());
        assert!(
            !found.is_empty() && rendered(&found).len() < 200_000,
            "{name}: a message of {}",
            rendered(&found).len()
        );
        assert!(began.elapsed() < Duration::from_secs(10), "{name} took {:?}", began.elapsed());
    }
}

#[test]
fn a_file_beyond_the_limit_is_not_parsed_at_all() {
    let found = errors_of("huge.yaml", vec![b' '; 1_000_001]);

    assert_eq!(found[0].code, "file-too-large");
}

#[test]
fn a_byte_order_mark_and_crlf_are_accepted() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/enforcement/admin.yaml");
    let text = fs::read_to_string(path).unwrap().replace('\n', "\r\n");
    let bytes = format!("\u{feff}{text}").into_bytes();
    let file = SourceFile { name: "windows.yaml".to_owned(), id: "windows.yaml".to_owned(), bytes };

    let cases = load(vec![file], &vocabulary()).unwrap_or_else(|found| panic!("{}", rendered(&found)));

    let page = cases[0].scenario.expect.page.as_ref().unwrap();
    assert_eq!(cases[0].place(page.span, "").text, "  page: create-passkey");
}
