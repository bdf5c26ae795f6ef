use quick_xml::Reader;
use quick_xml::events::Event;
use regex::Regex;

use super::*;
use crate::report::sample;

#[test]
fn the_report_is_as_recorded() {
    let _settings = vestibule_snapshots::settings("reports").bind_to_scope();

    insta::assert_snapshot!("html", html(&sample::outcome()).unwrap());
}

#[test]
fn the_file_needs_nothing_beside_itself() {
    let page = html(&sample::outcome()).unwrap();
    let resource = Regex::new(r#"(?i)\b(src|href|action|poster|data)\s*=\s*"([^"]*)""#).unwrap();
    let links: Vec<&str> = resource.captures_iter(&page).map(|found| found.get(2).unwrap().as_str()).collect();

    assert!(links.len() > 5, "{links:?}");
    for link in links {
        assert!(link.starts_with('#') || link.starts_with("data:image/png;base64,"), "{link} leads out of the file");
    }
    for outside in ["@import", "url(", "<link", "<iframe", "fetch(", "XMLHttpRequest"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn every_element_is_closed_and_every_id_is_unique() {
    let page = html(&sample::outcome()).unwrap();
    let page = page.replace("<!doctype html>", "");
    let mut reader = Reader::from_str(&page);
    reader.config_mut().allow_dangling_amp = true;
    let mut ids = std::collections::BTreeSet::new();

    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{error} at {}", reader.error_position()));
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                if let Some(id) = tag.html_attributes().flatten().find(|attribute| attribute.key.as_ref() == "id") {
                    assert!(ids.insert(id.value.to_string()), "{} twice", id.value);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }

    assert!(ids.contains("case-enforcement/admin.yaml:19"));
}

#[test]
fn what_a_page_said_is_text_not_markup() {
    let mut outcome = sample::outcome();
    outcome.cases[0].info.title = "<script>alert(1)</script>".to_owned();
    outcome.cases[1].result.as_mut().unwrap().screenshot = Some("\" onerror=\"alert(1)".to_owned());

    let page = html(&outcome).unwrap();

    assert!(!page.contains("<script>alert"));
    assert!(!page.contains("onerror"));
}

#[test]
fn the_mark_covers_exactly_the_place() {
    let page = html(&sample::outcome()).unwrap();

    assert!(page.contains("  page: <mark>create-passkey</mark>"), "{page}");
    assert!(page.contains("|</span>         <span class=\"caret\">^^^^^^^^^^^^^^ expected"));
}

#[test]
fn two_cases_with_the_same_id_get_two_anchors() {
    let mut outcome = sample::outcome();
    outcome.cases[1].info.id = outcome.cases[0].info.id.clone();

    let page = html(&outcome).unwrap();

    assert!(page.contains("id=\"case-enforcement/admin.yaml:3\""));
    assert!(page.contains("id=\"case-enforcement/admin.yaml:3-2\""));
}

#[test]
fn the_headline_says_what_matters() {
    let all = sample::outcome();
    let mut passed = all.clone();
    passed.cases.truncate(1);
    let mut skipped = all.clone();
    skipped.cases.retain(|case| matches!(case.verdict(), Verdict::Passed | Verdict::Skipped));

    assert_eq!(headline(&all), "2 failed, 1 broken of 5 cases");
    assert_eq!(headline(&passed), "1 case passed");
    assert_eq!(headline(&skipped), "1 of 2 cases passed");
    assert_eq!(headline(&RunOutcome::default()), "no case was selected");
}
