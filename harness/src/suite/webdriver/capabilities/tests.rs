use std::net::Ipv4Addr;
use std::path::Path;

use serde_json::{Value, json};

use super::{Additions, Browser};
use crate::suite::RealmReach;
use crate::suite::browser_arguments::BrowserArguments;
use crate::suite::reach::Route;
use crate::suite::unconnected::nowhere;

#[test]
fn every_form_of_a_request_for_chromium_gets_the_arguments_and_the_binary() {
    let chrome = |path: &str, request: Value| (path.to_owned(), request);
    let rows = [
        chrome("/capabilities/alwaysMatch", json!({ "capabilities": {} })),
        chrome("/capabilities/alwaysMatch", json!({ "capabilities": { "alwaysMatch": { "browserName": "chrome" } } })),
        chrome("/capabilities/alwaysMatch", json!({ "capabilities": { "firstMatch": [{}] } })),
        chrome(
            "/capabilities/alwaysMatch",
            json!({ "capabilities": { "firstMatch": [{ "browserName": "Chromium" }] } }),
        ),
        chrome(
            "/capabilities/firstMatch/1",
            json!({ "capabilities": { "firstMatch": [{ "browserName": "firefox" }, { "browserName": "chrome" }] } }),
        ),
        chrome(
            "/capabilities/alwaysMatch",
            json!({ "capabilities": { "firstMatch": [{ "browserName": "safari" }, { "browserName": "chrome" }] } }),
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

        additions().add_to(&mut request).unwrap();

        let options = request.pointer(&format!("{path}/goog:chromeOptions")).cloned().unwrap_or_default();
        assert_eq!(options["binary"], "/usr/lib/chromium/chromium", "{before}");
        let rules = options["args"][0].as_str().unwrap_or_default();
        assert!(rules.starts_with(RULES) && rules.ends_with(" ~NOTFOUND"), "{before}: {rules}");
        assert_eq!(options["args"][1], "--ignore-certificate-errors-spki-list=PIN", "{before}");
        assert_eq!(request.to_string().matches("PIN").count(), 1, "one place only: {request}");
        assert!(!request.to_string().contains("safari"), "{request}");
    }
}

#[test]
fn edge_gets_the_arguments_in_its_own_options() {
    for own in [json!({ "browserName": "MicrosoftEdge" }), json!({ "ms:edgeOptions": { "args": ["--a"] } })] {
        let mut request = json!({ "capabilities": { "alwaysMatch": own } });

        assert_eq!(additions().add_to(&mut request), Ok(Browser::Edge));

        let always = &request["capabilities"]["alwaysMatch"];
        assert!(always.get("goog:chromeOptions").is_none(), "{always}");
        let arguments = always["ms:edgeOptions"]["args"].to_string();
        assert!(arguments.contains(RULES) && arguments.contains("PIN"), "{arguments}");
        assert!(always["ms:edgeOptions"].get("binary").is_none(), "a Chromium is no Edge");
    }
}

#[test]
fn firefox_gets_the_proxy_of_the_case_and_accepts_its_certificates() {
    let rows = [
        json!({ "browserName": "firefox" }),
        json!({ "moz:firefoxOptions": {} }),
        json!({ "browserName": "Firefox", "proxy": { "proxyType": "direct" }, "acceptInsecureCerts": false }),
        json!({ "browserName": "firefox", "proxy": { "proxyType": "system" } }),
        json!({ "browserName": "firefox", "proxy": null }),
    ];
    for own in rows {
        let mut request = json!({ "capabilities": { "alwaysMatch": own } });

        assert_eq!(additions().add_to(&mut request), Ok(Browser::Firefox));

        let always = &request["capabilities"]["alwaysMatch"];
        let proxy = json!({ "proxyType": "manual", "httpProxy": PROXY, "sslProxy": PROXY, "noProxy": [] });
        assert_eq!((&always["proxy"], &always["acceptInsecureCerts"]), (&proxy, &json!(true)), "{own}");
    }
}

#[test]
fn a_browser_that_would_reach_real_orgs_is_refused_by_name() {
    let rows = [
        (json!({ "browserName": "safari" }), "`safari`"),
        (json!({ "browserName": "internet explorer" }), "`internet explorer`"),
        (json!({ "browserName": "opera", "goog:chromeOptions": {} }), "`opera`"),
        (json!({ "browserName": "firefox", "proxy": { "proxyType": "manual", "sslProxy": "p:1" } }), "Firefox"),
        (json!({ "browserName": "firefox", "proxy": { "proxyType": "pac" } }), "--proxy-pac-url"),
        (json!({ "proxy": { "proxyType": "PAC", "proxyAutoconfigUrl": "http://p/" } }), "--proxy-pac-url"),
        (json!({ "proxy": { "proxyType": "autodetect" } }), "--proxy-auto-detect"),
        (json!({ "goog:chromeOptions": { "args": ["--proxy-pac-url=http://p/"] } }), "--proxy-pac-url"),
        (json!({ "goog:chromeOptions": { "args": ["proxy-auto-detect"] } }), "--proxy-auto-detect"),
        (json!({ "ms:edgeOptions": { "args": ["-proxy-pac-url=data:,"] } }), "--proxy-pac-url"),
    ];
    for (set, named) in rows {
        for mut request in [
            json!({ "capabilities": { "alwaysMatch": set } }),
            json!({ "capabilities": { "firstMatch": [set] } }),
            json!({ "desiredCapabilities": set }),
            json!({ "capabilities": { "alwaysMatch": { "browserName": "chrome" } }, "desiredCapabilities": set }),
        ] {
            let before = request.to_string();

            let why = additions().add_to(&mut request).unwrap_err().to_string();

            assert!(why.starts_with("refused ") && why.contains(named), "{before}: {why}");
        }
    }
}

#[test]
fn a_proxy_of_the_suite_serves_only_hosts_that_are_neither_simulated_nor_the_vendors() {
    let argument = |proxy: &str| json!({ "goog:chromeOptions": { "args": [proxy, "proxy-bypass-list=own.example"] } });
    let manual = json!({ "proxy": {
        "proxyType": "manual", "httpProxy": "h:1", "sslProxy": "s:2", "socksProxy": "k:3", "socksVersion": 4,
        "noProxy": ["own.example"]
    } });
    for (set, server) in [
        (argument("--proxy-server=p:1"), "--proxy-server=p:1"),
        (argument("proxy-server=socks5://p:1"), "proxy-server=socks5://p:1"),
        (manual, "--proxy-server=http=h:1;https=s:2;socks=socks4://k:3"),
    ] {
        let mut request = json!({ "capabilities": { "alwaysMatch": set } });

        additions().add_to(&mut request).unwrap();

        let always = &request["capabilities"]["alwaysMatch"];
        let arguments: Vec<_> = always["goog:chromeOptions"]["args"].as_array().unwrap().iter().collect();
        let of = |name: &str| {
            let named = arguments.iter().filter_map(|argument| argument.as_str());
            named.filter(|argument| argument.contains(name)).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(of("proxy-server"), [server]);
        // The last rule that matches a host wins, so the suite cannot take ours back.
        let [bypassed] = of("proxy-bypass-list").try_into().unwrap();
        assert!(bypassed.starts_with("--proxy-bypass-list=own.example;acme.my.salesforce.com;"), "{bypassed}");
        for host in ["salesforce.com", "*.salesforce.com", "*.salesforce.com.", "*.force.com", "*.salesforce.mil"] {
            assert!(bypassed.split(';').any(|rule| rule == host), "{host} of {bypassed}");
        }
        assert!(always.get("proxy").is_none(), "{always}");
    }
}

#[test]
fn a_grid_is_asked_for_a_browser_that_takes_the_additions() {
    let additions = Additions { binary: None, ..additions() };
    for (set, name) in [
        (json!({}), "chrome"),
        (json!({ "browserName": null }), "chrome"),
        (json!({ "ms:edgeOptions": {} }), "MicrosoftEdge"),
        (json!({ "browserName": "Chrome" }), "Chrome"),
    ] {
        let mut request = json!({ "capabilities": { "alwaysMatch": set } });

        additions.add_to(&mut request).unwrap();

        assert_eq!(request["capabilities"]["alwaysMatch"]["browserName"], name);
    }
}

#[test]
fn the_suites_own_options_are_kept_and_its_values_are_joined_with_ours() {
    let own = json!([
        "--window-size=800,600",
        "host-resolver-rules=MAP a b",
        "--host-rules=MAP * 192.0.2.1",
        "--ignore-certificate-errors-spki-list=OWN",
        "--proxy-server=p:1"
    ]);
    let mut request = json!({ "capabilities": { "alwaysMatch": {
        "goog:chromeOptions": { "args": own, "binary": "/bin/sh", "prefs": { "a": 1 } }, "timeouts": { "script": 7 }
    } } });

    assert_eq!(additions().add_to(&mut request), Ok(Browser::Chromium));

    let always = &request["capabilities"]["alwaysMatch"];
    let options = &always["goog:chromeOptions"];
    let arguments: Vec<&str> = options["args"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(arguments[..2], ["--window-size=800,600", "--proxy-server=p:1"]);
    assert!(arguments[2].starts_with(RULES) && arguments[2].ends_with(" ~NOTFOUND, MAP a b"), "{}", arguments[2]);
    assert_eq!(arguments[3..5], ["--ignore-certificate-errors-spki-list=PIN,OWN", "--allow-pre-commit-input"]);
    assert!(arguments[5].starts_with("--proxy-bypass-list=") && arguments.len() == 7, "{arguments:?}");
    let mapped: Vec<&str> = arguments[6].strip_prefix("--host-rules=").unwrap().split(", ").collect();
    for rule in ["EXCLUDE acme.my.salesforce.com", "EXCLUDE *.salesforce.com", "EXCLUDE *.force.com."] {
        assert!(mapped.contains(&rule), "{rule} of {mapped:?}");
    }
    assert_eq!(mapped.last(), Some(&"MAP * 192.0.2.1"));
    assert_eq!((&options["binary"], &options["prefs"]["a"]), (&json!("/bin/sh"), &json!(1)));
    assert_eq!(always["timeouts"]["script"], 7);
}

#[test]
fn rules_of_the_suite_lead_no_name_to_a_real_org() {
    let own = json!([
        "host-resolver-rules=MAP alias login.salesforce.com,MAP a b",
        "--host-resolver-rules=EXCLUDE *.salesforce.com, MAP org acme.my.salesforce.com:443",
    ]);
    let mut request = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": { "args": own } } } });

    additions().add_to(&mut request).unwrap();

    let arguments = &request["capabilities"]["alwaysMatch"]["goog:chromeOptions"]["args"];
    let rules =
        arguments.as_array().unwrap().iter().filter_map(Value::as_str).find(|argument| argument.starts_with(RULES));
    let rules = rules.unwrap();
    assert!(rules.contains(", MAP alias ~NOTFOUND, MAP a b, MAP org 127.0.0.1:"), "{rules}");
    assert!(!rules.contains("EXCLUDE"), "{rules}");
}

#[test]
fn a_binary_that_is_not_on_this_machine_is_replaced() {
    let mut request = json!({ "capabilities": { "alwaysMatch": {
        "goog:chromeOptions": { "binary": "/opt/no/such/chrome" }
    } } });

    additions().add_to(&mut request).unwrap();

    let options = &request["capabilities"]["alwaysMatch"]["goog:chromeOptions"];
    assert_eq!(options["binary"], "/usr/lib/chromium/chromium");
}

#[test]
fn a_browser_that_is_not_known_is_chosen_by_the_driver() {
    let unknown = Additions { binary: None, ..additions() };
    let mut request = json!({ "capabilities": {} });

    assert_eq!(unknown.add_to(&mut request), Ok(Browser::Chromium));

    let always = &request["capabilities"]["alwaysMatch"];
    assert_eq!(always["browserName"], "chrome");
    assert!(always["goog:chromeOptions"].get("binary").is_none(), "{request}");
}

/// A proxy of the suite stays its own, and nothing lets its browser off verifying a certificate.
#[test]
fn where_hosts_are_as_they_are_a_session_gets_the_browser_and_verifies_certificates() {
    let proxy = json!({ "proxyType": "pac", "proxyAutoconfigUrl": "http://inside.example/pac" });
    let arguments =
        json!(["--window-size=800,600", "--ignore-certificate-errors", "ignore-certificate-errors-spki-list=X"]);
    let own = json!({ "proxy": proxy, "acceptInsecureCerts": true, "goog:chromeOptions": { "args": arguments } });
    let mut request = json!({ "capabilities": { "alwaysMatch": own } });
    let mut of_firefox =
        json!({ "capabilities": { "alwaysMatch": { "browserName": "firefox", "acceptInsecureCerts": true } } });
    let mut plain = json!({ "capabilities": { "alwaysMatch": { "browserName": "chrome" } } });

    assert_eq!(additions_for(Route::AsIs).add_to(&mut request), Ok(Browser::Chromium));
    assert_eq!(additions_for(Route::AsIs).add_to(&mut of_firefox), Ok(Browser::Firefox));
    assert_eq!(additions_for(Route::AsIs).add_to(&mut plain), Ok(Browser::Chromium));

    let always = &request["capabilities"]["alwaysMatch"];
    assert_eq!((&always["proxy"], &always["acceptInsecureCerts"]), (&proxy, &json!(false)));
    let options = &always["goog:chromeOptions"];
    assert_eq!(options["args"], json!(["--window-size=800,600", "--allow-pre-commit-input"]));
    assert_eq!(options["binary"], "/usr/lib/chromium/chromium");
    let always = &of_firefox["capabilities"]["alwaysMatch"];
    assert_eq!(*always, json!({ "browserName": "firefox", "acceptInsecureCerts": false }));
    assert!(plain["capabilities"]["alwaysMatch"].get("acceptInsecureCerts").is_none(), "{plain}");
}

#[test]
fn a_browser_that_cannot_be_given_passkeys_is_refused_by_name() {
    let mut request = json!({ "capabilities": { "alwaysMatch": { "browserName": "safari" } } });

    let why = additions_for(Route::AsIs).add_to(&mut request).unwrap_err().to_string();

    assert!(why.contains("`safari`") && why.contains("passkeys"), "{why}");
}

#[test]
fn malformed_requests_pass_unchanged() {
    let rows = [
        json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": 5 } } }),
        json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": { "args": [5] } } } }),
        json!({ "capabilities": { "alwaysMatch": 5 } }),
        json!({ "capabilities": { "firstMatch": [] } }),
        json!({ "capabilities": { "firstMatch": [5] } }),
        json!({ "capabilities": { "alwaysMatch": { "a": 1 }, "firstMatch": [{ "a": 1 }] } }),
        json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": 5, "proxy": 5 } } }),
        json!(["what is this"]),
    ];
    for mut request in rows {
        let before = request.clone();

        assert_eq!(additions().add_to(&mut request), Ok(Browser::Chromium));

        assert_eq!(request, before);
    }
}

fn additions() -> Additions {
    let realm = RealmReach {
        address: (Ipv4Addr::LOCALHOST, 8443).into(),
        hosts: vec!["acme.my.salesforce.com".to_owned()],
        real_hosts: true,
        spki_pin: "PIN".to_owned(),
        ..nowhere(Path::new(""))
    };
    additions_for(Route::Realm { realm: &realm, proxy: PROXY.parse().unwrap() })
}

fn additions_for(route: Route<'_>) -> Additions {
    Additions {
        arguments: BrowserArguments::remote(route),
        binary: Some("/usr/lib/chromium/chromium".into()),
        proxy: route.proxy(),
    }
}

const RULES: &str = "--host-resolver-rules=MAP acme.my.salesforce.com 127.0.0.1:8443";
const PROXY: &str = "127.0.0.1:3128";
