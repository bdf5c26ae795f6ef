use serde_json::json;

use super::super::command_record::CommandRecord;
use super::*;
use crate::outcome::WebDriverCommand;

#[test]
fn an_element_is_named_by_the_selector_that_found_it() {
    let recorder = recorder_on("https://acme.localhost:8443/login?sid=SECRET#x");
    recorder.found("s", "css #pw", &json!({ "element-6066-11e4-a52e-4f735466cecf": "e1" }));
    recorder.found("s", "xpath //a", &json!([{ "ELEMENT": "e2" }, { "ELEMENT": "e3" }]));
    recorder.found("s", "css #b", &json!({ "nodes": [{ "sharedId": "e4" }] }));

    for element in ["e1", "e3", "e4", "never found"] {
        recorder.record("s", 1, record("type", Some(element)), None);
    }

    let commands = recorder.records().commands;
    let targets: Vec<_> = commands.iter().map(|command| command.target.as_deref().unwrap_or("-")).collect();
    assert_eq!(targets, ["css #pw", "xpath //a", "css #b", "-"]);
    assert_eq!(commands[0].page.as_deref(), Some("/login?sid=…"));
}

#[test]
fn repeats_are_counted_and_the_middle_of_a_long_record_is_dropped() {
    let recorder = recorder_on("https://a.localhost/");
    for _ in 0..3 {
        recorder.record("s", 5, record("find element", None), Some("no such element".to_owned()));
    }
    recorder.record("s", 6, record("find element", None), None);
    let commands = recorder.records().commands;
    assert_eq!(commands.iter().map(|command| command.repeated).collect::<Vec<_>>(), [2, 0]);

    for at_ms in 0..6000 {
        recorder.record("s", 10 + at_ms, record(&at_ms.to_string(), None), None);
    }
    let commands = recorder.records().commands;
    assert_eq!(commands.len(), MAX_COMMANDS);
    assert_eq!((commands[0].what.as_str(), commands[MAX_COMMANDS - 1].what.as_str()), ("find element", "5999"));
}

#[test]
fn each_window_of_a_session_has_its_own_page() {
    let recorder = recorder_on("https://a.localhost/first");
    let page = || {
        recorder.record("s", 1, record("click", None), None);
        recorder.records().commands.last().unwrap().page.clone()
    };
    recorder.switched("s", "w1");
    recorder.on_page("s", None, "https://a.localhost/first");

    assert!(!recorder.switched("s", "w2"), "nobody has read its page");
    assert_eq!(page(), None);
    recorder.on_page("s", Some("w2"), "https://a.localhost/second");
    recorder.on_page("s", Some("w1"), "https://a.localhost/next");
    assert_eq!(page().as_deref(), Some("/second"));
    assert!(recorder.switched("s", "w1"));
    assert_eq!(page().as_deref(), Some("/next"));
    assert!(recorder.switched("s", "w1"), "it is there already");
    assert_eq!(page().as_deref(), Some("/next"));
}

#[test]
fn sessions_are_numbered_in_order_and_known_to_be_open() {
    let recorder = Recorder::new(Stopwatch::start());

    assert_eq!(recorder.opened("z", Browser::Chromium, None), 0);
    assert_eq!(recorder.opened("a", Browser::Chromium, None), 1);
    recorder.ended("z");

    assert_eq!(recorder.left_open(), ["a"]);
    assert_eq!(recorder.session("not opened here").number, 2);
    assert_eq!(recorder.left_open(), ["a"], "others' sessions are not ours to end");
}

#[test]
fn authenticators_are_counted_with_their_credentials() {
    let recorder = Recorder::new(Stopwatch::start());
    recorder.opened("s", Browser::Chromium, None);
    recorder.authenticator_added("s", "a1", Some("w1".to_owned()), AuthenticatorOwner::Vestibule);
    recorder.credentials_changed("s", "a1", |held| held + 1);
    recorder.authenticator_added("s", "a2", Some("w2".to_owned()), AuthenticatorOwner::Suite);
    assert_eq!(recorder.records().authenticators, [(0, 1), (0, 0)]);

    assert_eq!(recorder.ours_in("s", Some("w1")), ["a1"]);
    assert!(recorder.ours_in("s", Some("w2")).is_empty(), "the suite's own stays");
    let by_window = [("w1", "a1"), ("w2", "a2")].map(|(window, one)| (Some(window.to_owned()), vec![one.to_owned()]));
    assert_eq!(recorder.authenticators("s"), BTreeMap::from(by_window));

    recorder.authenticator_removed("s", "a2");
    recorder.ended("s");

    assert_eq!(recorder.records().authenticators, [(0, 1)], "what an ended session had is still known");
}

fn recorder_on(url: &str) -> Recorder {
    let recorder = Recorder::new(Stopwatch::start());
    recorder.opened("s", Browser::Chromium, None);
    recorder.on_page("s", None, url);
    recorder
}

fn record(what: &str, element: Option<&str>) -> CommandRecord {
    CommandRecord { what: WebDriverCommand::from(what.to_owned()), target: None, element: element.map(str::to_owned) }
}
