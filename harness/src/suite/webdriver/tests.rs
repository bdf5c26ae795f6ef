//! The WebDriver endpoint of suites.

mod case;
mod debugging_ports;
mod foreign_requests;
mod geckodrivers;
mod kept_passkeys;

use std::time::Duration;

use fantoccini::{Client, ClientBuilder, Locator};
use futures_util::{SinkExt as _, StreamExt as _};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use vestibule_simulator::realm::HostNaming;
use wiremock::matchers::{body_string, method, path, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::outcome::{self, WebDriverCommand};
use crate::stopwatch::Stopwatch;
use crate::suite::{Connection, ConnectionOptions, Records};
use case::{Case, With, options, variable};

#[tokio::test]
async fn commands_and_answers_pass_unchanged_and_are_recorded_without_what_was_typed() {
    let driver = MockServer::start().await;
    answer(&driver, "POST", "/session", 200, r#"{"value":{"sessionId":"s1","capabilities":{}}}"#).await;
    answer(&driver, "POST", "/session/s1/element", 200, r#"{"value":{"element-6066-11e4-a52e-4f735466cecf":"e1"}}"#)
        .await;
    // Spaces and key order are the driver's own.
    let odd = r#"{ "value" : {"message":"m","error":"element not interactable"} }"#;
    answer(&driver, "POST", "/session/s1/element/e1/value", 400, odd).await;
    let typed = r#"{ "text" : "SECRET-1", "value": ["S"] }"#;
    Mock::given(body_string(typed)).respond_with(ResponseTemplate::new(500)).expect(0..).mount(&driver).await;
    let folder = tempfile::tempdir().unwrap();
    let (connection, client) = connect(&driver.uri(), &folder).await;
    let url = format!("{}/wd/hub", variable(&connection, "VESTIBULE_WEBDRIVER_URL"));

    client.post(format!("{url}/session")).header(JSON.0, JSON.1).body("{}").send().await.unwrap();
    let find = json!({ "using": "css selector", "value": "#password" }).to_string();
    client.post(format!("{url}/session/s1/element")).header(JSON.0, JSON.1).body(find).send().await.unwrap();
    let value = client.post(format!("{url}/session/s1/element/e1/value")).header(JSON.0, JSON.1);
    let refused = value.body(typed).send().await.unwrap();

    assert_eq!((refused.status().as_u16(), refused.text().await.unwrap().as_str()), (400, odd));
    let sent = driver.received_requests().await.unwrap();
    assert!(sent.iter().any(|request| request.body == typed.as_bytes()), "byte for byte");
    let records = connection.records();
    let told: Vec<_> = records.commands.iter().map(told).collect();
    assert_eq!(
        told,
        ["new session - -", "find element css #password -", "type css #password element not interactable"]
    );
    assert!(!format!("{records:?}").contains("SECRET-1"));
    connection.close().await;
    let ended = driver.received_requests().await.unwrap();
    assert!(ended.iter().any(|request| request.method.as_str() == "DELETE" && request.url.path() == "/session/s1"));
}

#[tokio::test]
async fn a_driver_on_this_machine_chooses_the_browser_if_none_is_known_here() {
    let driver = MockServer::start().await;
    answer(&driver, "POST", "/session", 200, r#"{"value":{"sessionId":"s1","capabilities":{}}}"#).await;
    let folder = tempfile::tempdir().unwrap();
    vestibule_certs::install_tls_provider();
    for (browser, expected) in [(None, Value::Null), (Some("/bin/false".into()), json!("/bin/false"))] {
        let with = ConnectionOptions { browser, ..options(&driver.uri(), folder.path()) };
        let connection = Connection::open(with).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/session", variable(&connection, "VESTIBULE_WEBDRIVER_URL"));

        client.post(url).header(JSON.0, JSON.1).body(r#"{"capabilities":{}}"#).send().await.unwrap();

        let sent = driver.received_requests().await.unwrap();
        let opened = sent.iter().rfind(|request| request.url.path() == "/session").unwrap();
        let asked: Value = serde_json::from_slice(&opened.body).unwrap();
        assert_eq!(asked["capabilities"]["alwaysMatch"]["goog:chromeOptions"]["binary"], expected, "{asked}");
        connection.close().await;
    }
}

#[tokio::test]
async fn a_driver_that_is_gone_is_reported_as_a_webdriver_error() {
    let folder = tempfile::tempdir().unwrap();
    let (connection, client) = connect("http://127.0.0.1:9/", &folder).await;
    let url = variable(&connection, "VESTIBULE_WEBDRIVER_URL");

    let answered = client.post(format!("{url}/session")).header(JSON.0, JSON.1).body("{}").send().await.unwrap();

    assert_eq!(answered.status().as_u16(), 500);
    let answer: Value = answered.json().await.unwrap();
    assert_eq!(answer["value"]["error"], "unknown error");
    assert!(answer["value"]["message"].as_str().unwrap().contains("does not answer"), "{answer}");
    assert_eq!(connection.records().commands[0].error.as_deref(), Some("unknown error"));
    assert!(connection.records().driver_gone);
    connection.close().await;
}

/// As a Grid answers when the node of a session died. A suite that closed its last window has ended the session itself.
#[tokio::test]
async fn a_session_that_the_server_lost_is_told_from_one_that_the_suite_ended() {
    for (error, closes_first, gone) in [
        ("invalid session id", false, true),
        ("invalid session id", true, false),
        ("unknown error", false, true),
        ("no such element", false, false),
    ] {
        let driver = MockServer::start().await;
        answer(&driver, "POST", "/session", 200, r#"{"value":{"sessionId":"s1","capabilities":{}}}"#).await;
        answer(&driver, "DELETE", "/session/s1/window", 200, r#"{"value":[]}"#).await;
        let told = json!({ "value": { "error": error, "message": "the node is gone", "stacktrace": "" } }).to_string();
        answer(&driver, "GET", "/session/s1/title", 404, &told).await;
        let folder = tempfile::tempdir().unwrap();
        let (connection, client) = connect(&driver.uri(), &folder).await;
        let url = variable(&connection, "VESTIBULE_WEBDRIVER_URL");

        client.post(format!("{url}/session")).header(JSON.0, JSON.1).body("{}").send().await.unwrap();
        if closes_first {
            client.delete(format!("{url}/session/s1/window")).send().await.unwrap();
        }
        let answered = client.get(format!("{url}/session/s1/title")).send().await.unwrap();

        assert_eq!(answered.status().as_u16(), 404);
        assert_eq!(connection.records().driver_gone, gone, "{error}, closed its window: {closes_first}");
        connection.close().await;
    }
}

#[tokio::test]
async fn a_suite_cannot_shut_down_the_driver_of_other_cases() {
    let driver = MockServer::start().await;
    Mock::given(path_regex("shutdown")).respond_with(ResponseTemplate::new(200)).expect(0).mount(&driver).await;
    let folder = tempfile::tempdir().unwrap();
    let (connection, client) = connect(&driver.uri(), &folder).await;
    let url = variable(&connection, "VESTIBULE_WEBDRIVER_URL");

    assert_eq!(client.get(format!("{url}/shutdown")).send().await.unwrap().status().as_u16(), 200);

    connection.close().await;
}

#[tokio::test]
async fn a_login_under_either_naming_reaches_home_and_a_session_left_open_is_ended() {
    for naming in [HostNaming::Localhost, HostNaming::Real] {
        let case = Case::open(With { naming, ..With::default() }).await;
        let suite = suite(&case).await;

        sign_in(&case, &suite).await;
        wait_for(&suite, "/lightning/").await;
        let refused = suite.goto("https://login.another.my.salesforce.com/").await;
        let id = suite.session_id().await.unwrap().unwrap();

        assert_eq!(case.realm.sessions.all().len(), 1);
        assert!(refused.unwrap_err().to_string().contains("ERR_NAME_NOT_RESOLVED"), "no real org is reached");
        let records = case.connection.records();
        let clicked =
            records.commands.iter().filter(|command| command.what == WebDriverCommand::Click).collect::<Vec<_>>();
        assert_eq!(
            clicked.iter().map(|command| command.target.as_deref()).collect::<Vec<_>>(),
            [Some("css #Login"); 2]
        );
        assert!(clicked[0].page.as_deref().is_some_and(|page| page.starts_with('/')), "{clicked:?}");
        no_secret_in(&records, &case);
        let url = format!("{}session/{id}/url", case.driver.url());
        case.connection.close().await;
        assert_eq!(reqwest::get(url).await.unwrap().status().as_u16(), 404, "the session is gone");
        case.driver.stop().await;
    }
}

#[tokio::test]
async fn a_session_gets_the_passkey_of_the_user() {
    let case = Case::open(With { passkey: true, ..With::default() }).await;
    for _ in 0..2 {
        let suite = suite(&case).await;

        sign_in(&case, &suite).await;
        wait_for(&suite, "UnifiedPasskeyVerificationUi").await;
        suite.find(Locator::Css("#use-passkey")).await.unwrap().click().await.unwrap();
        wait_for(&suite, "/lightning/").await;
        suite.close().await.unwrap();
    }

    assert_eq!(case.realm.sessions.all().len(), 2, "a second browser continues the first one's counter");
    assert_eq!(case.connection.records().authenticators, [(0, 1), (1, 1)]);
    case.end().await;
}

#[tokio::test]
async fn every_window_of_a_session_gets_the_passkey_once() {
    let case = Case::open(With { passkey: true, ..With::default() }).await;
    let suite = suite(&case).await;
    let first = suite.window().await.unwrap();
    for as_tab in [true, false] {
        let window = suite.new_window(as_tab).await.unwrap().handle;
        suite.switch_to_window(window).await.unwrap();

        sign_in(&case, &suite).await;
        wait_for(&suite, "UnifiedPasskeyVerificationUi").await;
        suite.find(Locator::Css("#use-passkey")).await.unwrap().click().await.unwrap();
        wait_for(&suite, "/lightning/").await;
        suite.goto(&case.my_domain("/secur/logout.jsp")).await.unwrap();
    }
    suite.switch_to_window(first).await.unwrap();

    assert_eq!(case.connection.records().authenticators, [(0, 1); 3], "the first window keeps the one that it has");
    suite.close().await.unwrap();
    case.end().await;
}

/// Each step of the login in one window is followed by one of the login in the other.
#[tokio::test]
async fn two_windows_of_a_session_that_log_in_at_once_are_told_apart() {
    let case = Case::open(With { passkey: true, ..With::default() }).await;
    let suite = suite(&case).await;
    let user = case.realm.users.get("rep").unwrap();
    let first = suite.window().await.unwrap();
    let second = suite.new_window(true).await.unwrap().handle;

    for window in [&first, &second] {
        suite.switch_to_window(window.clone()).await.unwrap();
        suite.goto(&case.my_domain("/")).await.unwrap();
    }
    for (field, text) in [("#username", user.username.as_str()), ("#password", user.password.reveal())] {
        for window in [&first, &second] {
            suite.switch_to_window(window.clone()).await.unwrap();
            let waited = suite.wait().at_most(LIMIT).for_element(Locator::Css(field)).await;
            waited.unwrap().send_keys(text).await.unwrap();
            suite.find(Locator::Css("#Login")).await.unwrap().click().await.unwrap();
            if field == "#password" {
                wait_for(&suite, "UnifiedPasskeyVerificationUi").await;
            }
        }
    }
    for window in [&second, &first] {
        suite.switch_to_window(window.clone()).await.unwrap();
        suite.wait().at_most(LIMIT).for_element(Locator::Css("#use-passkey")).await.unwrap().click().await.unwrap();
        wait_for(&suite, "/lightning/").await;
    }

    let records = case.connection.records();
    let clicked = records.commands.iter().filter(|command| command.what == WebDriverCommand::Click);
    let pages: Vec<_> = clicked.map(|command| (command.target.as_deref(), command.page.as_deref())).collect();
    let at_passkey = |page: &Option<&str>| page.is_some_and(|page| page.contains("UnifiedPasskeyVerificationUi"));
    assert_eq!(pages.len(), 6, "{pages:?}");
    assert!(pages[..4].iter().all(|(_, page)| page.is_some() && !at_passkey(page)), "{pages:?}");
    assert!(
        pages[4..].iter().all(|(target, page)| *target == Some("css #use-passkey") && at_passkey(page)),
        "{pages:?}"
    );
    assert_eq!(records.authenticators, [(0, 1); 2], "each window has its own");
    suite.close().await.unwrap();
    case.end().await;
}

/// As of a balancer in front of a Grid.
#[tokio::test]
async fn redirects_of_the_webdriver_server_are_followed_with_the_body_of_the_command() {
    let grid = MockServer::start().await;
    let session = r#"{"value":{"sessionId":"s1","capabilities":{}}}"#;
    answer(&grid, "POST", "/wd/hub/session", 200, session).await;
    answer(&grid, "GET", "/wd/hub/session/s1/title", 200, r#"{"value":"Login"}"#).await;
    let balancer = MockServer::start().await;
    for at in ["/session", "/session/s1/title"] {
        let location = format!("{}/wd/hub{at}", grid.uri());
        let moved = ResponseTemplate::new(307).insert_header("location", location.as_str());
        Mock::given(path(at)).respond_with(moved).mount(&balancer).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let (connection, client) = connect(&balancer.uri(), &folder).await;
    let url = variable(&connection, "VESTIBULE_WEBDRIVER_URL");

    let asked = client.post(format!("{url}/session")).header(JSON.0, JSON.1).body(r#"{"capabilities":{}}"#);
    let opened = asked.send().await.unwrap();
    let title = client.get(format!("{url}/session/s1/title")).send().await.unwrap();

    assert_eq!(opened.text().await.unwrap(), session);
    assert_eq!(title.json::<Value>().await.unwrap()["value"], "Login");
    let sent = grid.received_requests().await.unwrap();
    let opened = sent.iter().find(|request| request.url.path() == "/wd/hub/session").unwrap();
    assert!(serde_json::from_slice::<Value>(&opened.body).unwrap()["capabilities"].is_object());
    connection.close().await;
}

#[tokio::test]
async fn an_error_of_the_json_wire_protocol_is_told_by_its_name() {
    let driver = MockServer::start().await;
    answer(&driver, "POST", "/session", 200, r#"{"sessionId":"s1","status":0,"value":{}}"#).await;
    let missing = r#"{"sessionId":"s1","status":7,"value":{"message":"no such element: #password"}}"#;
    answer(&driver, "POST", "/session/s1/element", 200, missing).await;
    answer(&driver, "GET", "/session/s1/title", 200, r#"{"sessionId":"s1","status":0,"value":"Login \"status\":7"}"#)
        .await;
    answer(&driver, "POST", "/session/s1/refresh", 200, r#"{"status":99,"value":null}"#).await;
    let folder = tempfile::tempdir().unwrap();
    let (connection, client) = connect(&driver.uri(), &folder).await;
    let url = variable(&connection, "VESTIBULE_WEBDRIVER_URL");
    let post = |path: &str, body: &str| {
        client.post(format!("{url}{path}")).header(JSON.0, JSON.1).body(body.to_owned()).send()
    };

    post("/session", r#"{"desiredCapabilities":{"browserName":"chrome"}}"#).await.unwrap();
    let find = r##"{"using":"css selector","value":"#password"}"##;
    let answered = post("/session/s1/element", find).await.unwrap();
    client.get(format!("{url}/session/s1/title")).send().await.unwrap();
    post("/session/s1/refresh", "{}").await.unwrap();

    assert_eq!((answered.status().as_u16(), answered.text().await.unwrap().as_str()), (200, missing));
    let records = connection.records();
    assert_eq!(
        records.commands.iter().map(told).collect::<Vec<_>>(),
        ["new session - -", "find element css #password no such element", "read title - -", "refresh - status 99"]
    );
    assert!(!records.driver_gone);
    connection.close().await;
}

#[tokio::test]
async fn reading_a_page_leaves_a_dialog_open_and_pictures_hide_typed_text() {
    let case = Case::open(With { page_copies: true, ..With::default() }).await;
    let suite = suite(&case).await;
    suite.goto("data:text/html,<button id=b onclick=\"alert('still here')\">b</button>").await.unwrap();
    suite.find(Locator::Css("#b")).await.unwrap().click().await.unwrap();
    assert_eq!(suite.get_alert_text().await.unwrap(), "still here");
    suite.dismiss_alert().await.unwrap();

    sign_in(&case, &suite).await;
    wait_for(&suite, "/lightning/").await;
    suite.wait().at_most(LIMIT).for_element(Locator::Css("button[title='App Launcher']")).await.unwrap();
    suite.close().await.unwrap();

    let records = case.connection.records();
    let pages: Vec<_> = records.copies.iter().map(|copy| copy.page.as_str()).collect();
    assert!(pages.contains(&"username") && pages.contains(&"password"), "{pages:?}");
    assert_eq!(pages.last(), Some(&"home"), "the page at the end of the session");
    no_secret_in(&records, &case);
    case.end().await;
}

#[tokio::test]
async fn bidi_messages_of_a_suite_are_passed_on_and_recorded() {
    let case = Case::open(With::default()).await;

    let mut bidi = bidi(&case).await;
    let tree = ask(&mut bidi, json!({ "id": 1, "method": "browsingContext.getTree", "params": {} })).await;
    let context = tree["result"]["contexts"][0]["context"].as_str().unwrap().to_owned();
    let params = json!({ "context": context, "url": case.my_domain("/?sid=SECRET-2"), "wait": "complete" });
    let opened = ask(&mut bidi, json!({ "id": 2, "method": "browsingContext.navigate", "params": params })).await;

    assert_eq!(opened["type"], "success", "{opened}");
    let records = case.connection.records();
    let told: Vec<_> = records.commands.iter().map(|command| command.what.as_str()).collect();
    assert_eq!(told, ["new session", "bidi browsingContext.getTree", "open"]);
    assert!(!format!("{records:?}").contains("SECRET-2"));
    case.end().await;
}

/// It signs in in a tab that it never switches to.
#[tokio::test]
async fn a_window_that_a_suite_uses_by_bidi_alone_gets_the_passkey_and_is_seen() {
    let case = Case::open(With { passkey: true, page_copies: true, ..With::default() }).await;
    let user = case.realm.users.get("rep").unwrap();
    let mut bidi = bidi(&case).await;
    let create = json!({ "id": 1, "method": "browsingContext.create", "params": { "type": "tab" } });
    let created = ask(&mut bidi, create).await;
    let context = created["result"]["context"].as_str().unwrap().to_owned();
    let mut tab = BidiTab { bidi, context, id: 1 };

    tab.ask("browsingContext.navigate", json!({ "url": case.my_domain("/"), "wait": "complete" })).await;
    wait_for_copy(&case).await;
    for (field, text) in [("#username", user.username.as_str()), ("#password", user.password.reveal())] {
        tab.until(&format!("!!document.querySelector('{field}')?.offsetParent")).await;
        let type_text = format!("document.querySelector('{field}').value = {}", json!(text));
        tab.evaluate(&format!("{type_text}; document.querySelector('#Login').click()")).await;
    }
    tab.until("location.href.includes('UnifiedPasskeyVerificationUi')").await;
    tab.until("!!document.querySelector('#use-passkey')").await;
    tab.evaluate("document.querySelector('#use-passkey').click()").await;
    tab.until("location.href.includes('/lightning/')").await;

    assert_eq!(case.realm.sessions.all().len(), 1);
    let records = case.connection.records();
    assert_eq!(records.authenticators, [(0, 1), (0, 1)], "that of the first window and that of the tab");
    let pages: Vec<_> = records.copies.iter().map(|copy| copy.page.as_str()).collect();
    assert_eq!(pages, ["username"], "scripts open the other pages, and the first window stays empty");
    no_secret_in(&records, &case);
    case.end().await;
}

/// urllib3 behind a proxy, and therefore Selenium for Python, sends requests like this.
#[tokio::test]
async fn a_body_that_waits_for_its_head_to_be_acknowledged_is_not_kept_waiting() {
    let case = Case::open(With::default()).await;
    let suite = suite(&case).await;
    let id = suite.session_id().await.unwrap().unwrap();
    let url: url::Url = case.variable("VESTIBULE_WEBDRIVER_URL").parse().unwrap();
    let address = (url.host_str().unwrap(), url.port().unwrap());
    let body = r#"{"using":"css selector","value":"body"}"#;
    let length = body.len();
    let head = format!("POST /session/{id}/elements HTTP/1.1\r\nHost: localhost\r\n");
    let head = format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n");

    let mut took = [Duration::ZERO; 2];
    for (in_pieces, took) in took.iter_mut().enumerate() {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(false).unwrap();
        let clock = Stopwatch::start();
        for _ in 0..30 {
            if in_pieces == 1 {
                stream.write_all(head.as_bytes()).await.unwrap();
                stream.write_all(body.as_bytes()).await.unwrap();
            } else {
                stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
            }
            assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
        }
        *took = clock.elapsed();
    }

    assert!(took[1] < took[0] * 3, "{took:?}");
    suite.close().await.unwrap();
    case.end().await;
}

#[tokio::test]
async fn a_browser_that_a_suite_starts_reaches_and_trusts_the_realm() {
    for naming in [HostNaming::Localhost, HostNaming::Real] {
        let case = Case::open(With { naming, ..With::default() }).await;
        let mut browser = tokio::process::Command::new(case.variable("CHROME_BIN"));
        browser.args(["--headless", "--disable-gpu", "--dump-dom", &case.my_domain("/")]);

        let output = browser.output().await.unwrap();

        let page = String::from_utf8_lossy(&output.stdout);
        assert!(page.contains("id=\"username\""), "{page} {}", String::from_utf8_lossy(&output.stderr));
        case.end().await;
    }
}

/// A new session with BiDi.
async fn bidi(case: &Case) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
    let url = case.variable("VESTIBULE_WEBDRIVER_URL");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let wanted = json!({ "capabilities": { "alwaysMatch": { "browserName": "chrome", "webSocketUrl": true } } });
    let opened: Value = client.post(format!("{url}/session")).json(&wanted).send().await.unwrap().json().await.unwrap();
    let socket = opened["value"]["capabilities"]["webSocketUrl"].as_str().unwrap().to_owned();
    assert!(socket.starts_with(&url.replace("http:", "ws:")), "{socket}");
    tokio_tungstenite::connect_async(socket).await.unwrap().0
}

/// A tab that is driven by BiDi alone.
struct BidiTab {
    bidi: WebSocketStream<MaybeTlsStream<TcpStream>>,
    context: String,
    /// Of the last command.
    id: u64,
}

impl BidiTab {
    /// Sends a command about this tab.
    async fn ask(&mut self, method: &str, mut params: Value) -> Value {
        self.id += 1;
        params["context"] = self.context.as_str().into();
        ask(&mut self.bidi, json!({ "id": self.id, "method": method, "params": params })).await
    }

    /// As a person would who is at the page.
    async fn evaluate(&mut self, expression: &str) -> Value {
        self.id += 1;
        let target = json!({ "context": self.context });
        let params =
            json!({ "expression": expression, "target": target, "awaitPromise": false, "userActivation": true });
        ask(&mut self.bidi, json!({ "id": self.id, "method": "script.evaluate", "params": params })).await
    }

    async fn until(&mut self, condition: &str) {
        for _ in 0..200 {
            let told = self.evaluate(condition).await;
            if told["result"]["result"]["value"] == true {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never {condition}: {}", self.evaluate("location.href").await);
    }
}

async fn ask<S>(bidi: &mut WebSocketStream<S>, command: Value) -> Value
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    bidi.send(command.to_string().into()).await.unwrap();
    loop {
        let message = bidi.next().await.unwrap().unwrap();
        let answer: Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
        if answer["id"] == command["id"] {
            return answer;
        }
    }
}

async fn connect(driver: &str, folder: &tempfile::TempDir) -> (Connection, reqwest::Client) {
    vestibule_certs::install_tls_provider();
    let connection = Connection::open(options(driver, folder.path())).await.unwrap();
    (connection, reqwest::Client::builder().no_proxy().build().unwrap())
}

async fn answer(driver: &MockServer, verb: &str, at: &str, status: u16, body: &str) {
    let answer = ResponseTemplate::new(status).set_body_raw(body, "application/json");
    Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(driver).await;
}

async fn suite(case: &Case) -> Client {
    ClientBuilder::new(HttpConnector::new()).connect(&case.variable("VESTIBULE_WEBDRIVER_URL")).await.unwrap()
}

/// A suite that handles the second page and nothing else.
async fn sign_in(case: &Case, suite: &Client) {
    let user = case.realm.users.get("rep").unwrap();
    suite.goto(&case.my_domain("/")).await.unwrap();
    for (field, text) in [("#username", user.username.as_str()), ("#password", user.password.reveal())] {
        let waited = suite.wait().at_most(LIMIT).for_element(Locator::Css(field)).await;
        waited.unwrap().send_keys(text).await.unwrap();
        suite.find(Locator::Css("#Login")).await.unwrap().click().await.unwrap();
    }
}

async fn wait_for(suite: &Client, part: &str) {
    for _ in 0..200 {
        if suite.current_url().await.unwrap().as_str().contains(part) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (url, text) = (suite.current_url().await.unwrap(), suite.find(Locator::Css("body")).await.unwrap());
    panic!("still on {url}: {}", text.text().await.unwrap());
}

/// Pages that BiDi opens are copied in the background: one that is left at once would be missed.
async fn wait_for_copy(case: &Case) {
    for _ in 0..200 {
        if !case.connection.records().copies.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no page was copied");
}

fn no_secret_in(records: &Records, case: &Case) {
    let password = case.realm.users.get("rep").unwrap().password;
    assert!(!format!("{records:?}").contains(password.reveal()));
}

fn told(command: &outcome::Command) -> String {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    format!("{} {} {}", command.what, or_dash(&command.target), or_dash(&command.error))
}

const JSON: (&str, &str) = ("Content-Type", "application/json;charset=UTF-8");
const LIMIT: Duration = Duration::from_secs(10);
