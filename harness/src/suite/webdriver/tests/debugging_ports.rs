//! The debugging ports of browsers that are started here: the browser guards them, as long as nobody tells it not to.

use std::time::Duration;

use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HOST, ORIGIN};
use http::{HeaderName, HeaderValue, Method};
use serde_json::Value;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use super::case::{Case, With};
use super::suite;
use crate::browser::CdpObserver;

/// The browser of a WebDriver session, and one that a suite starts by itself.
#[tokio::test]
async fn a_debugging_port_answers_no_foreign_host_and_no_page() {
    let case = Case::open(With { page_copies: true, ..With::default() }).await;
    let session = suite(&case).await;
    let capabilities = session.capabilities().unwrap();
    let of_session = capabilities["goog:chromeOptions"]["debuggerAddress"].as_str().unwrap().to_owned();
    let (profile, _browser) = started(&case, None);
    let of_started = format!("127.0.0.1:{}", port_of(profile.path()).await);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let ask = |method: Method, address: &str, path: &str, name: HeaderName, value: &str| {
        client.request(method, format!("http://{address}{path}")).header(name, value).send()
    };

    for address in [of_session, of_started] {
        let rebound = format!("attacker.example:{}", address.rsplit(':').next().unwrap());
        for (what, method, path, host) in [
            ("a foreign host", Method::GET, "/json/version", "attacker.example"),
            ("a name that was rebound", Method::GET, "/json/list", rebound.as_str()),
            ("a host that begins like ours", Method::GET, "/json/version", "127.0.0.1.attacker.example"),
            ("a new tab for a foreign host", Method::PUT, "/json/new?about:blank", "attacker.example"),
        ] {
            let answer = ask(method, &address, path, HOST, host).await.unwrap();
            assert!(!answer.status().is_success(), "{what}: {}", answer.status());
            assert!(!answer.text().await.unwrap().contains("devtools/"), "{what}");
        }
        // What a page sends without a preflight request opens no tab, and what comes back is not shown to it.
        let opened = ask(Method::GET, &address, "/json/new?about:blank", ORIGIN, ATTACKER).await.unwrap();
        assert!(!opened.status().is_success(), "{}", opened.status());
        let version = ask(Method::GET, &address, "/json/version", ORIGIN, ATTACKER).await.unwrap();
        assert_eq!(version.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN), None);

        let version: Value = version.json().await.unwrap();
        let socket = version["webSocketDebuggerUrl"].as_str().unwrap();
        let mut of_page = socket.into_client_request().unwrap();
        of_page.headers_mut().insert(ORIGIN, HeaderValue::from_static(ATTACKER));
        let refused = tokio_tungstenite::connect_async(of_page).await;
        assert!(refused.is_err(), "a WebSocket of a page");
        assert!(tokio_tungstenite::connect_async(socket).await.is_ok(), "a WebSocket of a program");
    }
    session.close().await.unwrap();
    case.end().await;
}

/// As TestCafe does. Such a browser writes its port nowhere.
#[tokio::test]
async fn a_browser_whose_suite_chose_the_port_is_given_the_passkey() {
    let case = Case::open(With { passkey: true, ..With::default() }).await;
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();

    let (profile, _browser) = started(&case, Some(port));

    let mut looks = 0;
    while case.connection.records().authenticators.is_empty() {
        looks += 1;
        assert!(looks < 600, "nobody gave the passkey to the browser");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let of_profile = async |profile| CdpObserver::of_profile(&format!("127.0.0.1:{port}"), profile).await.unwrap();
    assert!(of_profile(profile.path()).await.is_some());
    assert!(of_profile(std::path::Path::new("/home/own/profile")).await.is_none(), "another browser was taken");
    case.end().await;
}

/// The profile of a browser that a suite starts by name, and the browser.
fn started(case: &Case, port: Option<u16>) -> (tempfile::TempDir, tokio::process::Child) {
    let profile = tempfile::tempdir().unwrap();
    let mut browser = tokio::process::Command::new(case.variable("CHROME_BIN"));
    browser.args(port.map(|port| format!("--remote-debugging-port={port}")));
    browser.args(["--headless", "--disable-gpu", "about:blank"]);
    browser.arg(format!("--user-data-dir={}", profile.path().display()));
    let browser = browser.kill_on_drop(true).spawn().unwrap();
    (profile, browser)
}

/// The port that the browser of this profile has written down.
async fn port_of(profile: &std::path::Path) -> u16 {
    for _ in 0..600 {
        let written = tokio::fs::read_to_string(profile.join("DevToolsActivePort")).await.unwrap_or_default();
        if let Some(port) = written.lines().next().and_then(|line| line.parse().ok()) {
            return port;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the browser has opened no debugging port");
}

const ATTACKER: &str = "https://attacker.example";
