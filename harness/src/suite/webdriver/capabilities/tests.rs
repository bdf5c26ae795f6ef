use std::net::Ipv4Addr;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Additions, Browser};
use crate::stopwatch::Stopwatch;
use crate::suite::ConnectionOptions;
use crate::suite::browser_arguments::BrowserArguments;

#[test]
fn every_form_of_a_request_for_chromium_gets_the_arguments_and_the_binary() {
    let chrome = |path: &str, request: Value| (path.to_owned(), request);
    let rows = [
        chrome("/capabilities/alwaysMatch", json!({ "capabilities": {} })),
        chrome("/capabilities/alwaysMatch", json!({ "capabilities": { "alwaysMatch": { "browserName": "chrome" } } })),
        chrome("/capabilities/alwaysMatch", json!({ "capabilities": { "firstMatch": [{}] } })),
        chrome(
            "/capabilities/firstMatch/0",
            json!({ "capabilities": { "firstMatch": [{ "browserName": "Chromium" }] } }),
        ),
        chrome(
            "/capabilities/firstMatch/1",
            json!({ "capabilities": { "firstMatch": [{ "browserName": "firefox" }, { "browserName": "chrome" }] } }),
        ),
        chrome(
            "/capabilities/alwaysMatch",
            json!({ "capabilities": {
                "alwaysMatch": { "goog:chromeOptions": { "args": [] } }, "firstMatch": [{ "browserName": "chrome" }]
            } }),
        ),
        chrome("/desiredCapabilities", json!({ "desiredCapabilities": { "browserName": "chrome" } })),
    ];
    for (path, mut request) in rows {
        let before = request.to_string();

        additions().add_to(&mut request);

        let options = request.pointer(&format!("{path}/goog:chromeOptions")).cloned().unwrap_or_default();
        assert_eq!(options["binary"], "/usr/lib/chromium/chromium", "{before}");
        let rules = options["args"][0].as_str().unwrap_or_default();
        assert!(rules.starts_with(RULES) && rules.ends_with(" ~NOTFOUND"), "{before}: {rules}");
        assert_eq!(options["args"][1], "--ignore-certificate-errors-spki-list=PIN", "{before}");
        assert_eq!(request.to_string().matches("PIN").count(), 1, "one place only: {request}");
    }
}

#[test]
fn the_suites_own_options_are_kept_and_its_host_rules_stand_behind_ours() {
    let own = json!(["--window-size=800,600", "host-resolver-rules=MAP a b", "--proxy-server=p:1"]);
    let mut request = json!({ "capabilities": { "alwaysMatch": {
        "goog:chromeOptions": { "args": own, "binary": "/bin/sh", "prefs": { "a": 1 } }, "timeouts": { "script": 7 }
    } } });

    assert_eq!(additions().add_to(&mut request), Browser::Chromium);

    let always = &request["capabilities"]["alwaysMatch"];
    let options = &always["goog:chromeOptions"];
    let arguments: Vec<&str> = options["args"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(arguments[..2], ["--window-size=800,600", "--proxy-server=p:1"]);
    assert!(arguments[2].starts_with(RULES) && arguments[2].ends_with(" ~NOTFOUND, MAP a b"), "{}", arguments[2]);
    assert_eq!(arguments[3..], ["--ignore-certificate-errors-spki-list=PIN", "--allow-pre-commit-input"]);
    assert_eq!((&options["binary"], &options["prefs"]["a"]), (&json!("/bin/sh"), &json!(1)));
    assert_eq!(always["timeouts"]["script"], 7);
}

#[test]
fn a_binary_that_is_not_on_this_machine_is_replaced() {
    let mut request = json!({ "capabilities": { "alwaysMatch": {
        "goog:chromeOptions": { "binary": "/opt/no/such/chrome" }
    } } });

    additions().add_to(&mut request);

    let options = &request["capabilities"]["alwaysMatch"]["goog:chromeOptions"];
    assert_eq!(options["binary"], "/usr/lib/chromium/chromium");
}

#[test]
fn other_browsers_and_malformed_requests_pass_unchanged() {
    let rows = [
        (json!({ "capabilities": { "alwaysMatch": { "browserName": "firefox" } } }), "firefox"),
        (json!({ "capabilities": { "alwaysMatch": { "browserName": "MicrosoftEdge" } } }), "MicrosoftEdge"),
        (json!({ "capabilities": { "firstMatch": [{ "browserName": "safari" }] } }), "safari"),
        (json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": 5 } } }), ""),
        (json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": { "args": [5] } } } }), ""),
        (json!(["what is this"]), ""),
    ];
    for (mut request, other) in rows {
        let before = request.clone();

        let requested = additions().add_to(&mut request);

        assert_eq!(request, before);
        let expected = if other.is_empty() { Browser::Chromium } else { Browser::Other(other.to_owned()) };
        assert_eq!(requested, expected, "{before}");
    }
}

fn additions() -> Additions {
    let options = ConnectionOptions {
        realm: (Ipv4Addr::LOCALHOST, 8443).into(),
        hosts: vec!["acme.my.salesforce.com".to_owned()],
        real_hosts: true,
        spki_pin: "PIN".to_owned(),
        ca_file: PathBuf::new(),
        webdriver: "http://grid.example:4444".parse().unwrap(),
        browser: PathBuf::new(),
        program: PathBuf::new(),
        folder: PathBuf::new(),
        clock: Stopwatch::start(),
        passkeys: None,
        shots: false,
    };
    Additions { arguments: BrowserArguments::remote(&options), binary: Some("/usr/lib/chromium/chromium".into()) }
}

const RULES: &str = "--host-resolver-rules=MAP acme.my.salesforce.com 127.0.0.1:8443";
