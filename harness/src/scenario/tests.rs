//! Reads and checks the built-in scenarios without a browser. Bad scenarios are refused with a helpful message.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use strum::IntoEnumIterator;
use vestibule_model::SignInRoute;
use vestibule_model::diagnostic::{Diagnostic, render};
use vestibule_snapshots::growth::assert_linear;

use super::model::Step;
use super::*;
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
fn eight_times_the_nonsense_is_refused_in_about_eight_times_the_time() {
    type Row = (&'static str, fn(usize) -> String);
    let rows: [Row; 10] = [
        ("letters", |size| "x".repeat(size)),
        ("brackets", |size| "[".repeat(size)),
        ("braces", |size| "{a: ".repeat(size / 4)),
        ("items", |size| "- x\n".repeat(size / 4)),
        ("keys", |size| (0..size / 8).map(|number| format!("k{number}: x\n")).collect()),
        ("one key", |size| "k: x\n".repeat(size / 5)),
        ("documents", |size| "---\na: b\n".repeat(size / 9)),
        ("aliases", |size| format!("- &a x\n{}", "- *a\n".repeat(size / 5))),
        ("lines of a text", |size| format!("title: |\n{}", "  x\n".repeat(size / 4))),
        ("comments", |size| "# x\n".repeat(size / 4)),
    ];
    for (name, text) in rows {
        assert_linear(name, 16_000, text, |text| {
            let found = errors_of("nonsense.yaml", text.clone().into_bytes());
            assert!(!found.is_empty(), "{name}");
        });
        let found = errors_of("nonsense.yaml", text(999_000).into_bytes());
        assert!(rendered(&found).len() < 200_000, "{name}: a message of {}", rendered(&found).len());
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
