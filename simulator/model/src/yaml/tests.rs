use serde::Deserialize;

use super::*;
use crate::diagnostic::{Diagnostic, MAX_FILE_BYTES, Source, render, source_from_bytes};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[expect(dead_code, reason = "the test reads only the errors")]
struct Rule {
    name: String,
    strength: Tier,
    #[serde(default)]
    days: u16,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Tier {
    Weak,
    Standard,
}

fn error_of(text: &str) -> Diagnostic {
    parse::<Vec<Rule>>(&Source::new("rules.yaml", text)).unwrap_err()
}

fn snapshot(name: &str, text: &str) {
    let rendered = render(&error_of(text), false, 100);
    vestibule_snapshots::settings("diagnostics").bind(|| insta::assert_snapshot!(name, rendered));
}

#[test]
fn an_unknown_key_gets_its_own_place_and_a_suggestion() {
    snapshot("yaml-unknown-key", "- name: a\n  strenght: weak\n");
}

#[test]
fn an_unknown_value_lists_the_valid_ones() {
    snapshot("yaml-unknown-value", "- name: a\n  strength: standart\n");
}

#[test]
fn a_missing_key_is_named() {
    snapshot("yaml-missing-key", "- name: a\n- name: b\n  strength: weak\n");
}

#[test]
fn a_wrong_type_says_what_was_expected() {
    snapshot("yaml-wrong-type", "- name: a\n  strength: weak\n  days: many\n");
}

#[test]
fn a_key_that_stands_twice_is_an_error() {
    snapshot("yaml-duplicate-key", "- name: a\n  strength: weak\n  name: b\n");
}

#[test]
fn a_tab_in_the_indentation_is_named() {
    snapshot("yaml-tab", "- name: a\n\tstrength: weak\n");
}

#[test]
fn a_second_document_is_refused_where_it_begins() {
    let fault = error_of("- name: a\n  strength: weak\n---\n- name: b\n  strength: weak\n");

    let place = fault.place.unwrap();
    assert_eq!((fault.code.as_str(), place.line, place.column), ("several-documents", 4, 1));
}

#[test]
fn an_anchor_bomb_is_refused_fast() {
    let mut text = "- name: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let reference = format!("*a{}, ", level - 1).repeat(9);
        text.push_str(&format!("- name: &a{level} [{reference}]\n"));
    }
    let diagnostic = documents(&Source::new("bomb.yaml", text)).unwrap_err();

    assert_eq!(diagnostic.code, "file-too-complex");
    assert!(diagnostic.place.is_some());
}

#[test]
fn bytes_that_are_not_utf8_are_placed() {
    let diagnostic = source_from_bytes("latin1.yaml", b"title: caf\xe9\n".to_vec()).unwrap_err();

    let place = diagnostic.place.unwrap();
    assert_eq!((diagnostic.code.as_str(), place.line, place.column), ("not-utf8", 1, 11));
}

#[test]
fn a_file_beyond_the_limit_is_refused_before_it_is_parsed() {
    let diagnostic = source_from_bytes("big.yaml", vec![b'x'; MAX_FILE_BYTES + 1]).unwrap_err();

    assert_eq!(diagnostic.code, "file-too-large");
}
