use std::collections::BTreeSet;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::DeflateDecoder;
use quick_xml::Reader;
use quick_xml::events::Event;
use regex::Regex;
use serde_json::{Value, json};

use super::*;
use crate::outcome::{Artefact, ArtefactKind, CaseResult, Details, GoodEnd, Message, Owner, SuiteLocation, Survival};
use crate::report::sample;

mod runs;

#[test]
fn the_report_is_as_recorded() {
    let mut settings = vestibule_snapshots::settings("reports");
    settings.add_filter(r#"octet-stream">[A-Za-z0-9+/=]+<"#, r#"octet-stream">[packed]<"#);
    settings.add_filter(r"sha256-[A-Za-z0-9+/=]+", "[hash]");
    settings.add_filter(r"(?s)<style>.*?</style>|<script>.*?</script>", "");
    let _settings = settings.bind_to_scope();

    insta::assert_snapshot!("html", html(&sample::outcome()).unwrap());
    insta::assert_snapshot!("html-conditions", html(&runs::conditions()).unwrap());
}

#[test]
fn the_file_needs_nothing_beside_itself() {
    let resource = Regex::new(r#"(?i)\b(src|action|poster|data)\s*=\s*"([^"]*)""#).unwrap();
    let link = Regex::new(r#"(?i)\bhref\s*=\s*"([^"]*)""#).unwrap();
    for outcome in [sample::outcome(), runs::conditions()] {
        let page = html(&outcome).unwrap();

        assert_eq!(resource.find(&page).map(|found| found.as_str()), None);
        for found in link.captures_iter(&page) {
            let target = &found[1];
            assert!(target.starts_with('#') || target.starts_with("https://help.salesforce.com/"), "{target}");
        }
        for outside in ["@import", "url(", "<link", "<iframe", "fetch(", "XMLHttpRequest", "innerHTML"] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("default-src 'none'"));
    }
}

#[test]
fn the_policy_of_the_page_allows_its_own_script_and_style_and_no_other() {
    let page = html(&sample::outcome()).unwrap();
    let inside = |tag: &str| {
        let (_, rest) = page.split_once(&format!("<{tag}>")).unwrap();
        rest.split_once(&format!("</{tag}>")).unwrap().0.to_owned()
    };

    for tag in ["style", "script"] {
        let digest = STANDARD.encode(openssl::sha::sha256(inside(tag).as_bytes()));
        assert!(
            page.contains(&format!("{tag}-src 'sha256-{}'", digest.replace('+', "&#43;")))
                || page.contains(&format!("{tag}-src 'sha256-{digest}'")),
            "{tag}"
        );
        assert_eq!(page.matches(&format!("<{tag}>")).count(), 1);
    }
}

#[test]
fn every_element_is_closed_and_every_id_is_unique() {
    for outcome in [sample::outcome(), runs::conditions()] {
        let page = html(&outcome).unwrap().replace("<!doctype html>", "");
        let page = page.replace(SCRIPT.as_str(), "").replace(STYLE.as_str(), "");
        let mut reader = Reader::from_str(&page);
        reader.config_mut().allow_dangling_amp = true;
        let mut ids = BTreeSet::new();
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

        for case in &outcome.cases {
            assert!(ids.contains(&format!("case={}", case.info.id)), "{}", case.info.id);
        }
    }
}

#[test]
fn text_from_outside_is_escaped_everywhere() {
    let mut outcome = runs::conditions();
    let hostile = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\" onerror=\"alert(1)";
    for case in &mut outcome.cases {
        case.info.title = hostile.to_owned();
        case.info.tags = vec![hostile.to_owned()];
        let result = case.result.as_mut().unwrap();
        result.journal.push(json!({ hostile: hostile }));
        result.actions[0].what = hostile.to_owned();
        result.suite.as_mut().unwrap().output = hostile.to_owned();
        if let Some(finding) = &mut result.finding {
            finding.cause = hostile.to_owned();
            finding.fact = format!("https://x{hostile}");
        }
    }

    let page = html(&outcome).unwrap();
    let written = page.replace(SCRIPT.as_str(), "");

    assert!(!written.contains("<script>alert") && !written.contains("<img") && !written.contains("\" onerror"));
    let blob = blobs(&page).remove(0);
    assert_eq!(blob["external"]["output"], hostile);
}

#[test]
fn the_packed_details_hold_what_a_person_may_open() {
    let blob = blobs(&html(&runs::conditions()).unwrap()).remove(0);

    assert_eq!(blob["requests"].as_array().unwrap().len(), 14);
    assert_eq!(blob["messages"][0]["signed"], json!(["Assertion"]));
    assert_eq!(blob["shots"].as_array().unwrap().len(), 4 - left_out(&blob, "screenshots"));
    assert_eq!(blob["external"]["command"], json!(["npx", "wdio"]));
    assert_eq!(blob["outline"][0], "heading: Create a Passkey");
    for part in ["actions", "journal", "login-history", "console", "commands", "proxied"] {
        assert!(!blob[part].as_array().unwrap().is_empty(), "{part}");
    }
}

#[test]
fn what_a_terminal_would_colour_is_plain_text_in_the_report() {
    let mut outcome = runs::conditions();
    for case in &mut outcome.cases {
        let suite = case.result.as_mut().unwrap().suite.as_mut().unwrap();
        suite.output = "\u{1b}[31mError:\u{1b}[0m no \u{1b}]8;;file\u{7}element".to_owned();
    }

    let page = html(&outcome).unwrap();

    let blobs = blobs(&page);
    assert!(!blobs.is_empty() && blobs.iter().all(|blob| blob["external"]["output"] == "Error: no element"));
}

#[test]
fn rows_are_grouped_by_their_files_and_what_needs_attention_comes_first() {
    let page = html(&sample::outcome()).unwrap();

    let heads =
        Regex::new("<section class=\"file\"><h2><code>(.*?)</code> <span class=\"facts\">(.*?)</span>").unwrap();
    let heads: Vec<_> = heads.captures_iter(&page).map(|found| (found[1].to_owned(), found[2].to_owned())).collect();
    let head = |file: &str, counts: &str| (file.to_owned(), counts.to_owned());
    assert_eq!(
        heads,
        [
            head("enforcement/admin.yaml", "2 cases: 1 failed, 1 passed"),
            head("sso/okta.yaml", "3 cases: 1 failed, 1 broken, 1 skipped"),
        ]
    );
    let rows = Regex::new("<summary id=\"case=(.*?)\">").unwrap();
    let rows: Vec<_> = rows.captures_iter(&page).map(|found| found[1].to_owned()).collect();
    let [admin, okta] = ["enforcement/admin.yaml", "sso/okta.yaml"];
    let expected = [(admin, 19), (admin, 3), (okta, 1), (okta, 24), (okta, 40)];
    assert_eq!(rows, expected.map(|(file, line)| format!("{file}:{line}")));

    let mut one_file = sample::outcome();
    one_file.cases.truncate(2);
    for outcome in [one_file, runs::conditions()] {
        assert!(!html(&outcome).unwrap().contains("<section class=\"file\">"), "one list is enough");
    }
}

#[test]
fn a_condition_has_its_name_wherever_it_is_listed() {
    let mut outcome = runs::conditions();
    outcome.cases.iter_mut().for_each(|case| case.info.title = "A title".to_owned());
    let page = html(&outcome).unwrap();
    for case in &outcome.cases {
        let condition = case.info.condition.as_ref().unwrap();
        let row = format!("<span><code>{}</code> ", condition.name);
        assert!(page.contains(&row), "{}", condition.name);
        let listed = format!("<a href=\"#case={}\">{}</a>", case.info.id, condition.name);
        assert!(page.contains(&listed), "{listed}");
    }
}

#[test]
fn what_only_an_admin_can_fix_has_a_card_and_an_owner() {
    for (owner, card) in [(Owner::OrgAdmin, "Org admin"), (Owner::IdpAdmin, "IdP admin")] {
        let mut outcome = runs::conditions();
        let finding = outcome.cases[1].result.as_ref().unwrap().finding.clone();
        let case = &mut outcome.cases[0];
        let condition = case.info.condition.as_mut().unwrap();
        (condition.owner, condition.good) = (owner, GoodEnd::Stop);
        condition.causes = vec!["gate-not-handled".to_owned()];
        condition.remedy = "Let an admin do it.".to_owned();
        let result = case.result.as_mut().unwrap();
        result.finding = finding;
        result.suite.as_mut().unwrap().survival = Survival::Stopped;

        let page = html(&outcome).unwrap();

        let owner = owner.word();
        for told in [
            format!("<article><h3>{card}</h3><ol>\n<li><p><b>Let an admin do it.</b></p>"),
            format!("<details class=\"case passed\" data-tags=\"enforcement slow\" data-owner=\"{owner}\""),
            format!("<dl><dt>Owner</dt><dd>{owner}</dd><dt>Fix</dt><dd>Let an admin do it.</dd>"),
            format!("<option>{owner}</option>"),
            "<u>stopped (ok)</u>".to_owned(),
        ] {
            assert!(page.contains(&told), "{told}");
        }
    }
}

#[test]
fn a_row_that_has_no_room_has_the_owner_and_the_fix_of_its_case() {
    let outcome = runs::conditions();

    let packed = blob::of(&outcome.cases[2], true).unwrap();
    let mut text = String::new();
    DeflateDecoder::new(STANDARD.decode(packed).unwrap().as_slice()).read_to_string(&mut text).unwrap();

    let blob: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(blob["finding"]["cause"], "weak-signal");
    assert_eq!(blob["finding"]["owner"], "suite", "a false green is the suite's");
}

#[test]
fn a_condition_can_be_run_again_by_the_line_that_its_row_shows() {
    let mut outcome = runs::conditions();
    let suite = outcome.cases[1].result.as_mut().unwrap().suite.as_mut().unwrap();
    suite.command = ["sh", "-c", "echo 'a b'; pytest $X"].map(str::to_owned).to_vec();

    let page = html(&outcome).unwrap();

    let line = page.split_once("run it again: <code>").unwrap().1.split_once("</code>").unwrap().0;
    let line = line.replace("&#34;", "\"").replace("&#39;", "'").replace("&#38;", "&");
    let words = shlex::split(&line).unwrap();
    assert_eq!(words, ["vestibule", "survive", "-c", "passkey-gate-hard", "--", "sh", "-c", "echo 'a b'; pytest $X"]);
}

#[test]
fn the_line_of_the_suite_that_failed_can_be_selected_with_one_click() {
    let mut outcome = runs::conditions();
    let suite = outcome.cases[1].result.as_mut().unwrap().suite.as_mut().unwrap();
    suite.failed_at = Some(SuiteLocation { file: "tests/<b>.spec.ts".to_owned(), line: 9, column: None });

    let page = html(&outcome).unwrap();

    assert_eq!(page.matches("the suite failed at").count(), 1);
    assert!(page.contains("the suite failed at <code class=\"whole\">tests/&#60;b&#62;.spec.ts:9</code>"));
}

#[test]
fn what_a_condition_did_not_take_of_the_users_org_is_told_in_its_row() {
    let mut outcome = runs::conditions();
    let condition = outcome.cases[0].info.condition.as_mut().unwrap();
    condition.not_applied = vec!["gate=leavable".to_owned(), "lockout-after=3".to_owned()];

    let page = html(&outcome).unwrap();

    assert!(page.contains("about another value: <code>gate=leavable, lockout-after=3</code>"));
}

#[test]
fn what_the_suites_own_tools_wrote_is_linked_with_the_command_that_opens_it() {
    let mut outcome = runs::conditions();
    let suite = outcome.cases[1].result.as_mut().unwrap().suite.as_mut().unwrap();
    let kept = |kind, path: &str| Artefact { kind, path: Some(path.to_owned()), bytes: 1_500_000 };
    suite.artefacts = vec![
        kept(ArtefactKind::PlaywrightTrace, "artefacts/gate/test-results/signs in/trace.zip"),
        kept(ArtefactKind::RobotLog, "artefacts/gate/"),
        Artefact { kind: ArtefactKind::AllureResults, path: None, bytes: 90_000_000 },
    ];

    let blobs = blobs(&html(&outcome).unwrap());

    let found = blobs.iter().find_map(|blob| blob.get("artefacts")).unwrap();
    let trace = "artefacts/gate/test-results/signs in/trace.zip";
    let command = format!("npx playwright show-trace '{trace}'");
    assert_eq!(
        *found,
        json!([
            { "name": "Playwright trace", "bytes": 1_500_000, "link": trace, "command": command },
            { "name": "Robot Framework log", "bytes": 1_500_000, "link": "artefacts/gate/log.html", "command": null },
            { "name": "Allure results", "bytes": 90_000_000, "link": null, "command": null },
        ])
    );
}

#[test]
fn an_attempt_that_failed_before_is_shown_and_the_case_is_called_flaky() {
    let page = html(&runs::conditions()).unwrap();

    let blob = blobs(&page).remove(3);

    let first = &blob["earlier"][0];
    assert_eq!(first["finding"]["cause"], "page-one-reposted");
    assert_eq!((&first["verdict"], &first["duration-ms"]), (&json!("failed"), &json!(1_240)));
    for evidence in ["failures", "actions", "journal", "requests", "console", "commands"] {
        assert!(!first[evidence].as_array().unwrap().is_empty(), "{evidence}");
    }
    assert!(first["external"]["output"].as_str().unwrap().contains("waiting for home"));
    assert!(page.contains("<u class=\"flaky\">flaky</u>"));
    assert!(page.contains("<b>1</b> flaky"));
}

#[test]
fn five_hundred_cases_stay_small_and_so_does_each_of_them() {
    let page = html(&runs::many(500)).unwrap();
    let packed = Regex::new(r#"octet-stream">([A-Za-z0-9+/=]+)<"#).unwrap();

    let overview = packed.replace_all(&page, "").len();
    let largest = packed.captures_iter(&page).map(|found| STANDARD.decode(&found[1]).unwrap().len()).max().unwrap();

    assert_eq!(packed.captures_iter(&page).count(), 500);
    assert!(overview < 300_000, "{overview}");
    assert!(largest <= blob::LIMIT, "{largest}");
}

#[test]
fn a_run_that_fails_everywhere_stays_small_and_loses_no_failure() {
    let mut outcome = runs::many(500);
    let failed = outcome.cases[3].result.clone();
    for case in &mut outcome.cases {
        case.result.clone_from(&failed);
    }

    let page = html(&outcome).unwrap();

    let packed = Regex::new(r#"octet-stream">([A-Za-z0-9+/=]+)<"#).unwrap();
    let overview = packed.replace_all(&page, "").len();
    assert!(overview < 300_000, "{overview}");
    let in_overview = page.matches("<section class=\"failure\">").count();
    let in_blobs = blobs(&page).iter().filter(|blob| blob["failures"].is_array()).count();
    assert_eq!(in_overview + in_blobs, 500);
    assert!(in_overview > 20, "{in_overview}");
}

#[test]
fn what_does_not_fit_is_left_out_in_the_stated_order_and_listed() {
    let mut outcome = runs::conditions();
    let result = outcome.cases[1].result.as_mut().unwrap();
    let mut noise = 1_u32;
    let line = |noise: &mut u32| {
        *noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        format!("{noise:x}")
    };
    result.suite.as_mut().unwrap().output = (0..20_000).map(|_| line(&mut noise)).collect();
    result.details.console = (0..3_000).map(|_| line(&mut noise)).collect();

    let page = html(&outcome).unwrap();
    let blob = blobs(&page).remove(0);

    let left_out: Vec<_> = blob["left-out"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    assert!(left_out[0].ends_with("of 4 screenshots"), "{left_out:?}");
    assert!(left_out.iter().any(|one| one.ends_with("bytes of output")), "{left_out:?}");
    assert!(left_out.iter().any(|one| one.ends_with("console lines")), "{left_out:?}");
    assert_eq!(blob["messages"].as_array().unwrap().len(), 1, "the message outlives them");
    let last = blob["console"].as_array().unwrap().last().unwrap();
    assert_eq!(last, outcome.cases[1].result.as_ref().unwrap().details.console.last().unwrap());
}

#[test]
fn no_part_alone_can_make_a_case_too_large() {
    let huge = |size: usize| -> String {
        let mut noise = 7_u32;
        (0..size)
            .map(|_| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                char::from(b'!' + u8::try_from(noise >> 26).unwrap())
            })
            .collect()
    };
    let message = Message {
        at_ms: 0,
        kind: String::new(),
        idp: String::new(),
        text: huge(90_000),
        signals: vec![],
        signed: vec![],
    };
    let mut outcome = runs::conditions();
    let results = [
        CaseResult { journal: vec![json!(huge(90_000))], ..result() },
        CaseResult { details: Details { messages: vec![message], ..Details::default() }, ..result() },
        CaseResult { details: Details { outline: vec![huge(90_000)], ..Details::default() }, ..result() },
        CaseResult { login_history: vec![json!(huge(90_000))], ..result() },
        CaseResult { screenshot: Some(STANDARD.encode(huge(90_000))), ..result() },
    ];
    for (case, result) in outcome.cases.iter_mut().zip(results) {
        case.result = Some(result);
    }

    let page = html(&outcome).unwrap();

    for packed in packed(&page) {
        assert!(packed.len() <= blob::LIMIT, "{}", packed.len());
    }
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

    assert!(page.contains("id=\"case=enforcement/admin.yaml:3\""));
    assert!(page.contains("id=\"case=enforcement/admin.yaml:3-2\""));
}

#[test]
fn the_headline_says_what_matters() {
    let all = sample::outcome();
    let mut passed = all.clone();
    passed.cases.truncate(1);
    let mut skipped = all.clone();
    skipped.cases.retain(|case| matches!(case.verdict(), Verdict::Passed | Verdict::Skipped));
    let mut survives = runs::conditions();
    survives.cases.retain(|case| case.verdict() == Verdict::Passed);
    let lines = |outcome: &RunOutcome| {
        let headline = overview::headline(outcome);
        (headline.sentence, headline.lead.unwrap_or_default())
    };

    assert_eq!(lines(&all).0, "3 of 5 cases did not pass");
    assert_eq!(lines(&passed).0, "1 case passed");
    assert_eq!(lines(&skipped).0, "1 of 2 cases passed");
    assert_eq!(lines(&RunOutcome::default()).0, "no case was selected");
    assert_eq!(lines(&survives).0, "your suite survives all 2 applicable conditions");
    let (sentence, lead) = lines(&runs::conditions());
    assert_eq!(sentence, "1 false green; 2 of 4 applicable conditions stop your suite; in force since 2026-07-20");
    assert_eq!(lead, "Owner: suite (2).");
}

fn result() -> CaseResult {
    CaseResult::new(Verdict::Failed, 10, Vec::new())
}

fn packed(page: &str) -> Vec<Vec<u8>> {
    let packed = Regex::new(r#"octet-stream">([A-Za-z0-9+/=]+)<"#).unwrap();
    packed.captures_iter(page).map(|found| STANDARD.decode(&found[1]).unwrap()).collect()
}

/// The details of every case, as the script reads them.
fn blobs(page: &str) -> Vec<Value> {
    let inflate = |bytes: Vec<u8>| {
        let mut text = String::new();
        DeflateDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    packed(page).into_iter().map(inflate).collect()
}

fn left_out(blob: &Value, what: &str) -> usize {
    let left_out = blob["left-out"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let left_out = left_out.filter(|one| one.ends_with(what));
    left_out.filter_map(|one| one.split(' ').next()?.parse::<usize>().ok()).sum()
}
