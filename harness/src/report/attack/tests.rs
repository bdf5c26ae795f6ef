//! What each report says of one outcome.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use super::super::sarif::schema;
use super::super::terminal::{Progress, TerminalOptions};
use super::*;
use crate::outcome::attack_sample::outcome;

fn rendered(name: &str, outcome: &AttackOutcome) -> String {
    ATTACK_FORMATS.iter().find(|format| format.name == name).unwrap().render(outcome).unwrap()
}

fn well_formed(text: &str) {
    let mut reader = Reader::from_str(text);
    let mut next = || reader.read_event().unwrap_or_else(|error| panic!("{error} at {}", reader.error_position()));
    while !matches!(next(), Event::Eof) {}
}

#[test]
fn the_page_shows_every_case_as_text_and_loads_nothing() {
    let outcome = outcome();

    let html = rendered("HTML", &outcome);

    well_formed(html.trim_start_matches("<!doctype html>"));
    for shown in [
        "5 findings in 7 cases: 1 wrongly accepted, 1 crashed, 1 hung, 1 sent elsewhere, 1 wrongly refused",
        "@node-saml/node-saml 5.1.0",
        "&lt;samlp:Response&gt;the payload",
        "it answers refused logins with status 500",
        "#logout",
    ] {
        let escaped = shown.replace('<', "&#60;").replace('>', "&#62;");
        let numeric = shown.replace("&lt;", "&#60;").replace("&gt;", "&#62;");
        assert!(html.contains(shown) || html.contains(&escaped) || html.contains(&numeric), "{shown}: {html}");
    }
    assert!(!html.contains("<b>Hello") && !html.contains("<script"));
    assert!(html.contains("default-src 'none'") && !html.contains("unsafe"));
    assert_eq!(html.matches("class=\"case ").count(), outcome.cases.len());
}

#[test]
fn junit_has_a_failure_for_each_finding_and_an_error_for_what_was_not_judged() {
    let junit = rendered("JUnit", &outcome());

    well_formed(&junit);
    for (part, count) in [("<failure ", 5), ("<error ", 1), ("<skipped ", 2), ("<testcase ", 10)] {
        assert_eq!(junit.matches(part).count(), count, "{part}: {junit}");
    }
    assert!(junit.contains("type=\"wrongly-accepted\""), "{junit}");
}

#[test]
fn sarif_is_what_the_standard_asks_for_and_has_a_result_for_each_finding() {
    for outcome in [outcome(), AttackOutcome { cases: Vec::new(), ..outcome() }] {
        let sarif = schema::checked(&rendered("SARIF", &outcome));

        let results = sarif["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.len(), outcome.findings().len());
        for result in results {
            let at = &result["locations"][0]["physicalLocation"];
            assert_eq!(at["artifactLocation"]["uri"], outcome.target.start.as_str());
            assert_eq!(at.get("region"), None);
        }
        if let Some(first) = results.first() {
            assert_eq!(first["level"], "error");
            assert_eq!(first["properties"]["conclusion"], "wrongly-accepted");
        }
    }
}

#[test]
fn json_has_every_case_with_its_conclusion() {
    let results: Value = serde_json::from_str(&rendered("JSON", &outcome())).unwrap();

    let found: Vec<&str> =
        results["cases"].as_array().unwrap().iter().map(|case| case["conclusion"].as_str().unwrap()).collect();
    assert_eq!(
        found,
        [
            "wrongly-accepted",
            "crashed",
            "hung",
            "wrongly-refused",
            "not-judged",
            "not-run",
            "sent-elsewhere",
            "does-not-apply",
            "refused",
            "accepted"
        ]
    );
    assert_eq!(results["counts"]["wrongly-accepted"], 1);
    assert_eq!(results["schema"], 1);
    assert_eq!(results["library"]["version"], "5.1.0");
}

#[test]
fn the_card_counts_by_family_and_lists_the_findings() {
    let outcome = outcome();
    let (card, badge) = (rendered("card", &outcome), rendered("badge", &outcome));

    assert!(card.starts_with("# @node-saml/node-saml 5.1.0\n"), "{card}");
    assert_eq!(card.lines().filter(|line| line.starts_with("| `")).count(), 5, "{card}");
    assert!(card.contains("2026-12-01") && card.contains("| critical |"), "{card}");
    well_formed(&badge);
    assert!(badge.contains("2 of 7 as expected") && badge.contains("#b3202a"), "{badge}");
    let clean = AttackOutcome { cases: outcome.cases[8..].to_vec(), ..outcome };
    assert!(rendered("badge", &clean).contains("#1b6e37"));
}

#[test]
fn how_a_finding_is_brought_about_can_be_left_out_of_every_report() {
    let hidden = AttackOutcome { payloads_hidden: true, ..outcome() };
    let kept = hidden.cases[8].case.about;
    let finding = hidden.cases[3].case;

    for format in ATTACK_FORMATS {
        let (name, text) = (format.name, format.render(&hidden).unwrap());
        assert!(!text.contains("the payload"), "{name}: {text}");
        if name == "HTML" || name == "JSON" {
            assert!(text.contains(finding.id.as_str()), "{name}: {text}");
        }
    }
    let results: Value = serde_json::from_str(&rendered("JSON", &hidden)).unwrap();
    let about: Vec<Option<&str>> =
        results["cases"].as_array().unwrap().iter().map(|case| case["about"].as_str()).collect();
    assert_eq!(about[..4], [None; 4]);
    assert_eq!(about[8], Some(kept));
}

#[test]
fn the_terminal_shows_the_worst_first_and_colours_only_on_request() {
    let outcome = outcome();
    let written = |color| {
        let mut out = Vec::new();
        let options = TerminalOptions { width: 80, color, progress: Progress::Quiet };
        write_results(&mut out, &outcome, options).unwrap();
        String::from_utf8(out).unwrap()
    };
    let plain = written(false);

    assert!(!plain.contains('\u{1b}') && written(true).contains('\u{1b}'));
    let first = format!("critical {}", outcome.cases[0].case.id);
    assert!(plain.find(&first).unwrap() < plain.find("The app refuses an answer that is legal.").unwrap(), "{plain}");
    assert!(
        plain.contains(
            "10 cases: 1 wrongly accepted, 1 crashed, 1 hung, 1 sent elsewhere, 1 wrongly refused, 1 not judged"
        ),
        "{plain}"
    );
    assert!(plain.contains("note: it answers refused logins with status 500"), "{plain}");
    let mut line = Vec::new();
    write_case_line(&mut line, 7, 120, &outcome.cases[8], false).unwrap();
    let line = String::from_utf8(line).unwrap();
    assert!(line.starts_with("[  7/120] refused ") && line.contains("0.1 s"), "{line}");
}
