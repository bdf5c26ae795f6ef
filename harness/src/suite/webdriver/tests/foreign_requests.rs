//! Requests that a web page can send to the endpoint and to the ChromeDriver of a suite.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::case::options;
use super::{answer, connect, variable};
use crate::suite::{ChromeDriverShim, Connection, ConnectionOptions, Reach, Recording};

#[tokio::test]
async fn requests_that_a_web_page_can_send_are_refused_and_not_passed_on() {
    let driver = MockServer::start().await;
    Mock::given(wiremock::matchers::any())
        .respond_with(ResponseTemplate::new(200).set_body_raw(r#"{"value":null}"#, "application/json"))
        .mount(&driver)
        .await;
    let folder = tempfile::tempdir().unwrap();
    let (connection, _) = connect(&driver.uri(), &folder).await;
    let json = "Content-Type: application/json";

    for port in ports(&connection).await {
        let own = format!("Host: 127.0.0.1:{port}");
        let post = |target: &str, headers: &[&str]| {
            format!(
                "POST {target} HTTP/1.1\r\n{}\r\nContent-Length: {}\r\n\r\n{ATTACK}",
                headers.join("\r\n"),
                ATTACK.len()
            )
        };
        let get = |target: &str, headers: &[&str]| format!("GET {target} HTTP/1.1\r\n{}\r\n\r\n", headers.join("\r\n"));
        let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
        let same = format!("Origin: http://127.0.0.1:{port}");

        let refused = [
            (
                "as a page sends it",
                post(
                    "/session",
                    &["Host: attacker.example", "Origin: https://attacker.example", "Content-Type: text/plain"],
                ),
                "attacker.example",
            ),
            ("foreign host", post("/session", &["Host: attacker.example", json]), "`attacker.example`"),
            (
                "rebound host",
                post("/session", &[&format!("Host: attacker.example:{port}"), json]),
                "`attacker.example:",
            ),
            (
                "host that begins like ours",
                post("/session", &["Host: 127.0.0.1.attacker.example", json]),
                "127.0.0.1.att",
            ),
            ("host with a user", post("/session", &["Host: localhost@attacker.example", json]), "localhost@att"),
            ("two hosts", post("/session", &[&own, "Host: attacker.example", json]), "one Host"),
            ("no host", post("/session", &[json]), "one Host"),
            ("foreign target", post("http://attacker.example/session", &[&own, json]), "`attacker.example`"),
            ("foreign origin", post("/session", &[&own, "Origin: https://attacker.example", json]), "https://attacker"),
            ("another port's origin", post("/session", &[&own, "Origin: http://127.0.0.1:1", json]), "127.0.0.1:1`"),
            ("hidden origin", post("/session", &[&own, "Origin: null", json]), "`null`"),
            ("plain text", post("/session", &[&own, "Content-Type: text/plain"]), "`text/plain`"),
            ("a form", post("/session", &[&own, "Content-Type: application/x-www-form-urlencoded"]), "-urlencoded`"),
            ("form data", post("/session", &[&own, "Content-Type: multipart/form-data; boundary=a"]), "multipart"),
            ("two types", post("/session", &[&own, json, "Content-Type: text/plain"]), "`text/plain`"),
            ("no type", post("/session", &[&own]), "without a type"),
            ("an image", get("/shutdown", &[&own, "Sec-Fetch-Site: cross-site"]), "`cross-site`"),
            (
                "a page's WebSocket",
                get("/session/s1", &[&own, upgrade, "Origin: https://attacker.example"]),
                "https://att",
            ),
            ("a rebound WebSocket", get("/session/s1", &["Host: attacker.example", upgrade]), "`attacker.example`"),
        ];
        for (name, request, named) in refused {
            let (status, body) = send(port, &request).await;
            let body: Value = serde_json::from_str(&body).unwrap_or_else(|_| panic!("{name}: {status} {body}"));
            assert_eq!((status, body["value"]["error"].as_str()), (400, Some("invalid argument")), "{name}: {body}");
            let message = body["value"]["message"].as_str().unwrap();
            assert!(message.starts_with("vestibule: refused") && message.contains(named), "{name}: {message}");
        }
        assert!(driver.received_requests().await.unwrap().is_empty(), "nothing was passed on");

        let taken = [
            ("own address", post("/session/s1/timeouts", &[&own, json])),
            ("own name", post("/session/s1/timeouts", &[&format!("Host: localhost:{port}"), json])),
            ("own address, IP version 6", post("/session/s1/timeouts", &[&format!("Host: [::1]:{port}"), json])),
            ("no port", post("/session/s1/timeouts", &["Host: LOCALHOST", json])),
            ("own target", post(&format!("http://127.0.0.1:{port}/session/s1/timeouts"), &[&own, json])),
            ("own origin", post("/session/s1/timeouts", &[&own, &same, json])),
            (
                "Selenium for Python",
                post("/session/s1/timeouts", &[&own, "Content-Type: application/json;charset=UTF-8"]),
            ),
            (
                "Selenium for Java",
                post("/session/s1/timeouts", &[&own, "content-type: application/json; charset=utf-8"]),
            ),
            ("fetch of Node", post("/session/s1/timeouts", &[&own, json, "Sec-Fetch-Mode: cors"])),
            ("no body", get("/session/s1/timeouts", &[&own])),
        ];
        let count = taken.len();
        for (name, request) in taken {
            let (status, body) = send(port, &request).await;
            assert_eq!((status, body.as_str()), (200, r#"{"value":null}"#), "{name}");
        }
        assert_eq!(driver.received_requests().await.unwrap().len(), count);
        driver.reset().await;
        Mock::given(wiremock::matchers::any())
            .respond_with(ResponseTemplate::new(200).set_body_raw(r#"{"value":null}"#, "application/json"))
            .mount(&driver)
            .await;
    }
    connection.close().await;
}

#[tokio::test]
async fn a_websocket_of_a_program_is_joined_to_the_drivers_until_one_of_them_closes() {
    let driver = driver_that_repeats().await;
    let folder = tempfile::tempdir().unwrap();
    let (connection, client) = connect(&driver.uri(), &folder).await;
    let endpoint = variable(&connection, "VESTIBULE_WEBDRIVER_URL");
    client.post(format!("{endpoint}/session")).json(&json!({})).send().await.unwrap();

    for port in ports(&connection).await {
        let url = format!("ws://127.0.0.1:{port}/session/s1");
        let opened = tokio::time::timeout(ANSWER_LIMIT, tokio_tungstenite::connect_async(url)).await;
        let (mut socket, _) = opened.unwrap().unwrap();
        socket.send("to and fro".into()).await.unwrap();

        let answer = tokio::time::timeout(ANSWER_LIMIT, socket.next()).await.unwrap();
        assert_eq!(answer.unwrap().unwrap().to_text().unwrap(), "to and fro");
        let manual = json!({ "proxyType": "manual", "sslProxy": "p:1" });
        let of_devtools = |params: Value| json!({ "method": "Target.createBrowserContext", "params": params });
        for (method, params, refused) in [
            ("browser.createUserContext", json!({ "proxy": manual }), true),
            ("browser.createUserContext", json!({ "proxy": null }), false),
            ("goog:cdp.sendCommand", of_devtools(json!({ "proxyServer": "p:1" })), true),
            ("goog:cdp.sendCommand", of_devtools(json!({ "disposeOnDetach": true })), false),
        ] {
            let command = json!({ "id": 7, "method": method, "params": params }).to_string();
            socket.send(command.as_str().into()).await.unwrap();

            let answer = tokio::time::timeout(ANSWER_LIMIT, socket.next()).await.unwrap().unwrap().unwrap();
            let told: Value = serde_json::from_str(answer.to_text().unwrap()).unwrap();
            // What is passed on comes back as it was.
            assert_eq!(answer.to_text().unwrap() == command, !refused, "{told}");
            assert_eq!((&told["id"], told["error"] == "unsupported operation"), (&json!(7), refused), "{told}");
        }
    }
    connection.close().await;
}

/// The hosts of the org and of the vendor are looked for without the proxy of a context.
#[tokio::test]
async fn a_context_that_a_command_of_devtools_makes_asks_its_proxy_for_no_host_of_the_vendor() {
    let driver = MockServer::start().await;
    answer(&driver, "POST", "/session", 200, r#"{"value":{"sessionId":"s1","capabilities":{}}}"#).await;
    for vendor in ["goog", "ms"] {
        answer(&driver, "POST", &format!("/session/s1/{vendor}/cdp/execute"), 200, r#"{"value":{}}"#).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let (connection, client) = connect(&driver.uri(), &folder).await;
    let endpoint = variable(&connection, "VESTIBULE_WEBDRIVER_URL");
    client.post(format!("{endpoint}/session")).json(&json!({})).send().await.unwrap();
    let passed = async |vendor: &str, params: Value| {
        let command = json!({ "cmd": "Target.createBrowserContext", "params": params });
        let url = format!("{endpoint}/session/s1/{vendor}/cdp/execute");
        assert!(client.post(url).json(&command).send().await.unwrap().status().is_success());
        let request = driver.received_requests().await.unwrap().pop().unwrap();
        serde_json::from_slice::<Value>(&request.body).unwrap()["params"].clone()
    };

    for (vendor, own) in [("goog", ""), ("ms", "own.example;")] {
        let list = own.trim_end_matches(';');
        let params = passed(vendor, json!({ "proxyServer": "p:1", "proxyBypassList": list })).await;
        let bypassed = params["proxyBypassList"].as_str().unwrap();
        assert!(bypassed.starts_with(own) && bypassed.contains(";*.salesforce.com;"), "{params}");
    }
    let plain = json!({ "disposeOnDetach": true });
    assert_eq!(passed("goog", plain.clone()).await, plain);
    connection.close().await;
}

/// A browser that has the passkeys of real accounts verifies each certificate, whatever the suite asks for by BiDi; where it
/// goes is the suite's own choice, and none of it is recorded.
#[tokio::test]
async fn a_browser_of_a_real_org_is_not_told_by_bidi_to_trust_any_certificate() {
    let driver = driver_that_repeats().await;
    let folder = tempfile::tempdir().unwrap();
    vestibule_certs::install_tls_provider();
    let with = ConnectionOptions {
        reach: Reach::AsIs,
        recording: Recording::Nothing,
        ..options(&driver.uri(), folder.path())
    };
    let connection = Connection::open(with).await.unwrap();
    let endpoint = variable(&connection, "VESTIBULE_WEBDRIVER_URL");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client.post(format!("{endpoint}/session")).json(&json!({})).send().await.unwrap();
    let url = format!("{}/session/s1", endpoint.replace("http://", "ws://"));
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    let proxy = json!({ "proxyType": "manual", "sslProxy": "p:1" });
    let of_devtools =
        |ignore: bool| json!({ "method": "Security.setIgnoreCertificateErrors", "params": { "ignore": ignore } });

    for (method, asked, passed) in [
        (
            "browser.createUserContext",
            json!({ "acceptInsecureCerts": true, "proxy": proxy }),
            json!({ "acceptInsecureCerts": false, "proxy": proxy }),
        ),
        ("browser.createUserContext", json!({ "proxy": proxy }), json!({ "proxy": proxy })),
        ("goog:cdp.sendCommand", of_devtools(true), of_devtools(false)),
        ("cdp.sendCommand", of_devtools(true), of_devtools(false)),
        ("script.evaluate", json!({ "acceptInsecureCerts": true }), json!({ "acceptInsecureCerts": true })),
    ] {
        let command = json!({ "id": 7, "method": method, "params": asked }).to_string();
        socket.send(command.as_str().into()).await.unwrap();

        let answer = tokio::time::timeout(ANSWER_LIMIT, socket.next()).await.unwrap().unwrap().unwrap();
        let told: Value = serde_json::from_str(answer.to_text().unwrap()).unwrap();
        assert_eq!(told, json!({ "id": 7, "method": method, "params": passed }), "{command}");
    }
    assert!(connection.records().commands.is_empty());
    connection.close().await;
}

/// A driver with one session, whose WebSocket sends back what it is sent.
async fn driver_that_repeats() -> MockServer {
    let sockets = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/session/s1", sockets.local_addr().unwrap());
    tokio::spawn(async move {
        // One at a time: the second is accepted after the first was closed at both ends.
        while let Ok((stream, _)) = sockets.accept().await {
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            while let Some(Ok(message)) = socket.next().await {
                socket.send(message).await.ok();
            }
        }
    });
    let driver = MockServer::start().await;
    let opened = format!(r#"{{"value":{{"sessionId":"s1","capabilities":{{"webSocketUrl":"{url}"}}}}}}"#);
    answer(&driver, "POST", "/session", 200, &opened).await;
    driver
}

/// The ports of the endpoint and of a ChromeDriver that leads to it.
async fn ports(connection: &Connection) -> [u16; 2] {
    let endpoint: url::Url = variable(connection, "VESTIBULE_WEBDRIVER_URL").parse().unwrap();
    let shim = ChromeDriverShim::bind(&endpoint, 0).await.unwrap();
    let ports = [endpoint.port().unwrap(), shim.port().unwrap()];
    tokio::spawn(shim.run());
    ports
}

/// Sends a request unchanged; returns status and body of the answer.
async fn send(port: u16, request: &str) -> (u16, String) {
    let answered = tokio::time::timeout(ANSWER_LIMIT, exchange(port, request)).await;
    answered.unwrap_or_else(|_| panic!("no answer to {request}"))
}

async fn exchange(port: u16, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let head = loop {
        assert!(stream.read_buf(&mut answer).await.unwrap() > 0, "no answer to {request}");
        if let Some(end) = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break String::from_utf8(answer.drain(..end + 4).collect()).unwrap().to_ascii_lowercase();
        }
    };
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |it| it.parse().unwrap());
    while answer.len() < length {
        assert!(stream.read_buf(&mut answer).await.unwrap() > 0, "half an answer to {request}");
    }
    (head.split(' ').nth(1).unwrap().parse().unwrap(), String::from_utf8(answer).unwrap())
}

/// A driver that gets this starts a program.
const ATTACK: &str = r#"{"capabilities":{"alwaysMatch":{"browserName":"chrome","goog:chromeOptions":{"binary":"/usr/bin/python3","args":["-cimport os;os.system(\"touch /tmp/pwned\")"]}}}}"#;
const ANSWER_LIMIT: std::time::Duration = std::time::Duration::from_secs(10);
