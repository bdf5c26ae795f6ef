//! A WebDriver server that misbehaves makes a case Broken with the reason, never Failed.

use std::time::Duration;

use serde_json::{Value, json};
use wiremock::matchers::{header, method, path, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::browser::driver::{attach, connect};
use crate::browser::{BrowserError, BrowserKind, Driver, SessionOptions, WebDriverSession};

const LIMIT: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_driver_of_another_version_is_reported_with_the_remedy() {
    let server = MockServer::start().await;
    let reason = "session not created: This version of ChromeDriver only supports Chrome version 150\nCurrent browser version is 156";
    answer_new_session(&server, 500, error("session not created", reason)).await;

    let failed = open(&server).await.unwrap_err();

    assert!(
        matches!(&failed, BrowserError::SessionNotCreated { reason, .. } if reason.ends_with("version 150")),
        "{failed}"
    );
    assert!(failed.remedy().contains("apt-get install"), "{}", failed.remedy());
}

/// As geckodriver answers a request for Chrome.
#[tokio::test]
async fn a_server_of_another_browser_gets_no_hint_about_chromedriver() {
    let server = MockServer::start().await;
    let reason = "Unable to find a matching set of capabilities";
    answer_new_session(&server, 500, error("session not created", reason)).await;

    let remedy = open(&server).await.unwrap_err().remedy();

    assert!(remedy.contains("a server with Chromium or Chrome") && remedy.contains("geckodriver"), "{remedy}");
    assert!(!remedy.contains("chromedriver --version"), "{remedy}");
    let started = BrowserError::SessionNotCreated { reason: reason.to_owned(), named: false };
    assert!(started.remedy().contains("chromedriver --version"), "{}", started.remedy());
}

#[tokio::test]
async fn a_session_that_is_refused_or_malformed_is_not_created() {
    let answers = [
        (500, error("unknown error", "cannot find Chrome binary"), "cannot find Chrome binary"),
        (
            500,
            error("session not created", "session not created\nfrom unknown error: failed to write prefs file"),
            "session not created: failed to write prefs file",
        ),
        (200, json!({ "value": { "capabilities": {} } }), "not a WebDriver answer"),
        (200, json!("hello"), ""),
    ];
    for (status, body, told) in answers {
        let server = MockServer::start().await;
        answer_new_session(&server, status, body).await;

        let failed = open(&server).await.unwrap_err();

        assert!(matches!(&failed, BrowserError::SessionNotCreated { reason, .. } if reason.contains(told)), "{failed}");
        assert_eq!(failed.diagnostic().code, "session-not-created");
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let server = MockServer::start().await;
    let late = ResponseTemplate::new(200).set_body_json(new_session()).set_delay(Duration::from_secs(20));
    Mock::given(method("POST")).and(path("/session")).respond_with(late).mount(&server).await;

    let failed = open(&server).await.unwrap_err();

    assert!(matches!(failed, BrowserError::Timeout { .. }), "{failed}");
}

#[tokio::test]
async fn a_browser_that_never_answers_its_debugger_is_given_up_and_ended() {
    vestibule_certs::install_tls_provider();
    let server = MockServer::start().await;
    answer_new_session(&server, 200, new_session()).await;
    let ended = ResponseTemplate::new(200).set_body_json(json!({ "value": null }));
    Mock::given(method("DELETE"))
        .and(path_regex("^/session/[^/]+$"))
        .respond_with(ended)
        .expect(1)
        .mount(&server)
        .await;
    // It takes connections and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let debugger = silent.local_addr().unwrap().to_string();
    let client = connect(&server.uri().parse().unwrap(), serde_json::Map::new()).await.unwrap();

    let options = SessionOptions { command_limit: LIMIT / 4, ..options() };
    let attached = attach(client, Some(debugger), &options);
    let failed = tokio::time::timeout(LIMIT, attached).await.expect("it is given up").unwrap_err();

    assert!(matches!(failed, BrowserError::Timeout { command: "connect to the browser", .. }), "{failed}");
    server.verify().await;
}

#[tokio::test]
async fn a_server_that_does_not_listen_is_reported() {
    vestibule_certs::install_tls_provider();
    let driver = Driver::remote("http://127.0.0.1:9/".parse().unwrap(), BrowserKind::Chromium);

    let failed = driver.open(&options()).await.unwrap_err();

    assert!(matches!(failed, BrowserError::SessionNotCreated { .. }), "{failed}");
}

#[tokio::test]
async fn a_command_that_hangs_loses_the_session_and_later_ones_fail_at_once() {
    let server = MockServer::start().await;
    let hang = ResponseTemplate::new(200).set_body_json(json!({ "value": null })).set_delay(Duration::from_secs(20));
    let session = session_whose_commands_answer(&server, hang).await;

    let first = session.page().await.unwrap_err();
    let second = tokio::time::timeout(LIMIT / 4, session.click("#Login")).await.unwrap().unwrap_err();

    assert!(matches!(first, BrowserError::Timeout { command: "read the page", .. }), "{first}");
    assert!(matches!(second, BrowserError::Lost { .. }), "{second}");
}

#[tokio::test]
async fn answers_that_lose_the_session_say_why() {
    let answers = [
        (ResponseTemplate::new(404).set_body_json(error("invalid session id", "no such session")), "no such session"),
        (
            ResponseTemplate::new(500).set_body_json(error("unknown error", "disconnected: not connected to DevTools")),
            "disconnected",
        ),
        (ResponseTemplate::new(500).set_body_json(error("unknown error", "tab crashed")), "tab crashed"),
        // As a hub answers whose node is gone: to every command.
        (ResponseTemplate::new(500).set_body_json(error("unknown error", "Connection refused")), "Connection refused"),
        (ResponseTemplate::new(502).set_body_raw("<html>Bad Gateway</html>", "text/html"), "not JSON"),
        (ResponseTemplate::new(200).set_body_raw("{\"value\":", "application/json"), ""),
    ];
    for (answer, told) in answers {
        let server = MockServer::start().await;
        let session = session_whose_commands_answer(&server, answer).await;

        let failed = session.page().await.unwrap_err();

        assert!(matches!(&failed, BrowserError::Lost { reason, .. } if reason.contains(told)), "{told}: {failed:?}");
        assert_eq!(failed.diagnostic().code, "webdriver-lost");
    }
}

#[tokio::test]
async fn a_command_that_is_refused_does_not_lose_a_session_that_lives() {
    let server = MockServer::start().await;
    let alive = ResponseTemplate::new(200).set_body_json(json!({ "value": { "implicit": 0 } }));
    Mock::given(method("GET")).and(path("/session/s1/timeouts")).respond_with(alive).mount(&server).await;
    let refused = ResponseTemplate::new(500).set_body_json(error("unknown error", "no such thing"));
    let session = session_whose_commands_answer(&server, refused).await;

    let failed = session.page().await.unwrap_err();

    assert!(matches!(&failed, BrowserError::Refused { reason, .. } if reason == "no such thing"), "{failed:?}");
}

#[tokio::test]
async fn a_missing_element_is_about_the_page_and_not_about_the_machine() {
    let server = MockServer::start().await;
    let missing =
        ResponseTemplate::new(404).set_body_json(error("no such element", "no such element: #password\n at x"));
    let session = session_whose_commands_answer(&server, missing).await;

    let failed = session.click("#password").await.unwrap_err();

    assert!(failed.is_about_an_element());
    assert_eq!(failed.to_string(), "click #password: no such element: #password");
}

#[tokio::test]
async fn a_reading_of_another_shape_is_refused() {
    let server = MockServer::start().await;
    let odd = ResponseTemplate::new(200).set_body_json(json!({ "value": "a page" }));
    let session = session_whose_commands_answer(&server, odd).await;

    let failed = session.page().await.unwrap_err();

    assert!(matches!(failed, BrowserError::Refused { command: "read the page", .. }), "{failed}");
}

/// A session that stays open holds a place of a Grid for minutes. The command of fantoccini names no user.
#[tokio::test]
async fn a_session_is_ended_by_the_user_of_the_url_also_if_it_is_dropped() {
    vestibule_certs::install_tls_provider();
    let server = MockServer::start().await;
    let by_user = || header("authorization", "Basic Ym9iOmNhbmFyeS0x");
    let opened = ResponseTemplate::new(200).set_body_json(new_session());
    Mock::given(method("POST")).and(path("/wd/hub/session")).and(by_user()).respond_with(opened).mount(&server).await;
    let ended = ResponseTemplate::new(200).set_body_json(json!({ "value": null }));
    let ends = Mock::given(method("DELETE")).and(path("/wd/hub/session/s1")).and(by_user()).respond_with(ended);
    ends.expect(2).mount(&server).await;
    let url = server.uri().replace("http://", "http://bob:canary-1@") + "/wd/hub";
    let driver = Driver::remote(url.parse().unwrap(), BrowserKind::Chromium);

    driver.open(&options()).await.unwrap().close().await.unwrap();
    drop(driver.open(&options()).await.unwrap());

    for _ in 0..100 {
        let sent = server.received_requests().await.unwrap();
        if sent.iter().filter(|request| request.method.as_str() == "DELETE").count() == 2 {
            break;
        }
        tokio::time::sleep(LIMIT / 100).await;
    }
    server.verify().await;
}

/// As of a balancer in front of a Grid.
#[tokio::test]
async fn a_server_is_used_where_it_redirects_its_status_but_its_user_is_told_to_no_other_host() {
    vestibule_certs::install_tls_provider();
    let grid = MockServer::start().await;
    let ready = ResponseTemplate::new(200).set_body_json(json!({ "value": { "ready": true } }));
    Mock::given(path("/wd/hub/status")).respond_with(ready).mount(&grid).await;
    for (host, user) in [("127.0.0.1", "bob"), ("localhost", "")] {
        let balancer = MockServer::start().await;
        let location = format!("{}/wd/hub/status", grid.uri().replace("127.0.0.1", host));
        let moved = ResponseTemplate::new(302).insert_header("location", location.as_str());
        Mock::given(path("/status")).respond_with(moved).mount(&balancer).await;
        let named = balancer.uri().replace("http://", "http://bob:canary-1@");

        let driver = Driver::remote_after_redirects(named.parse().unwrap(), BrowserKind::Chromium).await;

        let found = (driver.url().host_str(), driver.url().port(), driver.url().path(), driver.url().username());
        assert_eq!(found, (Some(host), Some(grid.address().port()), "/wd/hub/", user));
    }
    let silent =
        Driver::remote_after_redirects("http://127.0.0.1:9/wd/hub".parse().unwrap(), BrowserKind::Chromium).await;
    assert_eq!(silent.url().as_str(), "http://127.0.0.1:9/wd/hub/");
}

#[test]
fn a_simulator_that_the_browser_does_not_reach_is_told_with_the_tunnel_that_leads_there() {
    let url = "https://acme.localhost:8443/login?sid=canary-1";
    let refused = BrowserError::of_refused_navigation(url, "unknown error: net::ERR_CONNECTION_REFUSED").unwrap();

    assert_eq!(
        refused.to_string(),
        "open https://acme.localhost:8443/login: the browser does not reach it (net::ERR_CONNECTION_REFUSED)"
    );
    assert!(refused.remedy().contains("ssh -R 1080 NODE") && !refused.may_pass());
    assert!(BrowserError::of_refused_navigation(url, "net::ERR_CERT_AUTHORITY_INVALID").is_none());
}

async fn session_whose_commands_answer(server: &MockServer, answer: ResponseTemplate) -> WebDriverSession {
    answer_new_session(server, 200, new_session()).await;
    Mock::given(path_regex("^/session/s1/.+")).respond_with(answer).mount(server).await;
    open(server).await.unwrap()
}

async fn answer_new_session(server: &MockServer, status: u16, body: Value) {
    let answer = ResponseTemplate::new(status).set_body_json(body);
    Mock::given(method("POST")).and(path("/session")).respond_with(answer).mount(server).await;
}

async fn open(server: &MockServer) -> Result<WebDriverSession, BrowserError> {
    vestibule_certs::install_tls_provider();
    Driver::remote(server.uri().parse().unwrap(), BrowserKind::Chromium).open(&options()).await
}

fn options() -> SessionOptions {
    SessionOptions { command_limit: LIMIT, open_limit: LIMIT, ..SessionOptions::default() }
}

fn new_session() -> Value {
    json!({ "value": { "sessionId": "s1", "capabilities": { "browserName": "chrome" } } })
}

fn error(code: &str, message: &str) -> Value {
    json!({ "value": { "error": code, "message": message, "stacktrace": "" } })
}
