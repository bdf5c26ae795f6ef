//! Sessions at geckodrivers of their own, with a stand-in that serves one session at a time, as geckodriver does.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};
use url::Url;

use super::case::{options, variable};
use super::{JSON, answer};
use crate::browser::{Geckodrivers, WebDriverServer};
use crate::suite::{Connection, ConnectionOptions};

#[tokio::test]
async fn each_session_has_a_geckodriver_of_its_own_which_ends_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let driver = folder.path().join("geckodriver");
    fs::write(&driver, STAND_IN).unwrap();
    fs::set_permissions(&driver, fs::Permissions::from_mode(0o755)).unwrap();
    let first = wiremock::MockServer::start().await;
    answer(&first, "GET", "/status", 200, r#"{"value":{"ready":true}}"#).await;
    vestibule_certs::install_tls_provider();
    let geckodrivers = Geckodrivers { driver, folder: folder.path().join("profiles") };
    let server = WebDriverServer { geckodrivers: Some(geckodrivers), ..first.uri().parse::<Url>().unwrap().into() };
    let with = ConnectionOptions { webdriver: server, ..options(&first.uri(), folder.path()) };
    let connection = Connection::open(with).await.unwrap();
    let url = variable(&connection, "VESTIBULE_WEBDRIVER_URL");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let ask = async |method, path: &str| {
        let asked = client.request(method, format!("{url}{path}")).header(JSON.0, JSON.1).body("{}");
        asked.send().await.unwrap().json::<Value>().await.unwrap()["value"].take()
    };
    let (get, post, delete) = (reqwest::Method::GET, reqwest::Method::POST, reqwest::Method::DELETE);

    let mut opened = Vec::new();
    for _ in 0..2 {
        let session = ask(post.clone(), "/session").await;
        opened.push(session["sessionId"].as_str().unwrap_or_else(|| panic!("{session}")).to_owned());
    }

    assert_ne!(opened[0], opened[1]);
    for session in &opened {
        assert_eq!(ask(get.clone(), &format!("/session/{session}/title")).await, json!(session), "its own answers");
    }
    assert_eq!(ask(get.clone(), "/status").await["ready"], true);
    assert_eq!(ask(delete, &format!("/session/{}", opened[0])).await, Value::Null);
    assert!(std::net::TcpStream::connect(address(&opened[1])).is_ok());
    has_ended(&opened[0]).await;
    connection.close().await;
    has_ended(&opened[1]).await;
}

/// The stand-in names its sessions by its port.
fn address(session: &str) -> String {
    format!("127.0.0.1:{session}")
}

async fn has_ended(session: &str) {
    for _ in 0..200 {
        if std::net::TcpStream::connect(address(session)).is_err() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{session} still listens");
}

const STAND_IN: &str = r#"#!/usr/bin/env python3
import http.server, json

class Handler(http.server.BaseHTTPRequestHandler):
    taken = False

    def answer(self, status, value):
        body = json.dumps({"value": value}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        if Handler.taken:
            return self.answer(500, {"error": "session not created", "message": "Session is already started"})
        Handler.taken = True
        self.answer(200, {"sessionId": str(self.server.server_port), "capabilities": {"browserName": "firefox"}})

    def do_GET(self):
        self.answer(200, str(self.server.server_port))

    def do_DELETE(self):
        self.answer(200, None)

    def log_message(self, *words):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"Listening on 127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
"#;
