//! The WebDriver server behind the endpoint.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::{HeaderMap, Method, StatusCode, header};
use hyper::body::Bytes;
use parking_lot::Mutex;
use serde_json::{Value, json};
use url::Url;

use super::command_record::SessionPath;
use crate::browser::{BrowserError, BrowserKind, DriverProcess, Geckodrivers, WebDriverServer, client_to};

/// The WebDriver server that commands are passed on to.
#[derive(Debug)]
pub(super) struct Upstream {
    /// Without the final slash.
    base: String,
    geckodrivers: Option<Geckodrivers>,
    /// The geckodrivers of open sessions, by the id of the session.
    of_sessions: Mutex<HashMap<String, DriverProcess>>,
    client: reqwest::Client,
    /// Whether it did not answer a command of the suite, or lost one of its sessions.
    gone: AtomicBool,
}

/// An answer of the server, or one of ours in the same form.
#[derive(Debug)]
pub(super) struct DriverResponse {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Upstream {
    pub(super) fn new(server: &WebDriverServer) -> Result<Self, BrowserError> {
        let url = &server.url;
        let client = client_to(url.scheme())
            // A redirect must not lead commands, which may hold private keys, out of TLS.
            .https_only(url.scheme() == "https")
            .tcp_nodelay(true)
            .connect_timeout(CONNECT_TIMEOUT)
            .build()
            .map_err(|error| BrowserError::DriverNotReady { kind: BrowserKind::default(), why: error.to_string() })?;
        let geckodrivers = server.geckodrivers.clone();
        Ok(Self { base: base(url), geckodrivers, of_sessions: Mutex::default(), client, gone: AtomicBool::new(false) })
    }

    /// Whether it left a command of the suite without an answer, or lost one of its sessions.
    pub(super) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }

    /// It does not know a session any more that the suite has not ended.
    pub(super) fn lost_a_session(&self) {
        self.gone.store(true, Ordering::Relaxed);
    }

    /// Asks for a session, at a geckodriver of its own where one serves no more.
    pub(super) async fn new_session(&self, headers: &HeaderMap, body: Bytes) -> DriverResponse {
        let Some(geckodrivers) = &self.geckodrivers else {
            return self.send(&self.base, Method::POST, NEW_SESSION, headers, body).await;
        };
        let process = match geckodrivers.start().await {
            Ok(process) => process,
            Err(error) => return DriverResponse::session_not_created(&format!("vestibule: {error}")),
        };
        let answer = self.send(&base(&process.url), Method::POST, NEW_SESSION, headers, body).await;
        if let Some(id) = answer.session_id() {
            self.of_sessions.lock().insert(id, process);
        }
        answer
    }

    /// A session has ended.
    pub(super) fn ended(&self, session: &str) {
        drop(self.of_sessions.lock().remove(session));
    }

    /// Where the commands of this path go.
    fn base_for(&self, path: &str) -> String {
        let of_sessions = self.of_sessions.lock();
        let own = SessionPath::of(path).and_then(|path| of_sessions.get(path.session));
        own.map_or_else(|| self.base.clone(), |process| base(&process.url))
    }

    /// Forwards a request unchanged. If the server is gone, the answer is a WebDriver error.
    pub(super) async fn pass_on(&self, method: Method, path: &str, headers: &HeaderMap, body: Bytes) -> DriverResponse {
        self.send(&self.base_for(path), method, path, headers, body).await
    }

    async fn send(&self, base: &str, method: Method, path: &str, headers: &HeaderMap, body: Bytes) -> DriverResponse {
        let mut request = self.client.request(method, format!("{base}{path}")).body(body);
        for name in PASSED_ON {
            if let Some(value) = headers.get(&name) {
                request = request.header(name, value.clone());
            }
        }
        match Self::receive(request).await {
            Ok(answer) => answer,
            Err(error) => {
                self.gone.store(true, Ordering::Relaxed);
                let why = innermost(&error);
                DriverResponse::unknown_error(&format!("vestibule: the WebDriver server does not answer: {why}"))
            }
        }
    }

    /// Sends our own command; `None` if it fails.
    pub(super) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Option<Value> {
        let url = format!("{}{path}", self.base_for(path));
        let mut request = self.client.request(method, url).timeout(OWN_COMMAND_TIMEOUT);
        if let Some(body) = body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let answer = Self::receive(request).await.ok()?;
        if answer.error().is_some() {
            return None;
        }
        let mut value: Value = serde_json::from_slice(&answer.body).ok()?;
        Some(value["value"].take())
    }

    async fn receive(request: reqwest::RequestBuilder) -> Result<DriverResponse, reqwest::Error> {
        let answer = request.send().await?;
        let (status, mut headers) = (answer.status(), answer.headers().clone());
        for name in HOP_BY_HOP {
            headers.remove(name);
        }
        Ok(DriverResponse { status, headers, body: answer.bytes().await? })
    }
}

impl DriverResponse {
    pub(super) fn unknown_error(message: &str) -> Self {
        Self::error_of("unknown error", message)
    }

    pub(super) fn session_not_created(message: &str) -> Self {
        Self::error_of("session not created", message)
    }

    /// WebDriver, 6.6 "Handling errors"; both errors have this status.
    fn error_of(error: &str, message: &str) -> Self {
        let body = json!({ "value": { "error": error, "message": message, "stacktrace": "" } });
        Self::json(StatusCode::INTERNAL_SERVER_ERROR, &body)
    }

    pub(super) fn json(status: StatusCode, body: &Value) -> Self {
        let json = header::HeaderValue::from_static("application/json; charset=utf-8");
        let headers = [(header::CONTENT_TYPE, json)].into_iter().collect();
        Self { status, headers, body: body.to_string().into() }
    }

    /// The WebDriver error code of a failed command.
    pub(super) fn error(&self) -> Option<String> {
        if self.status.is_success() {
            return self.legacy_error();
        }
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        Some(body["value"]["error"].as_str().map_or_else(|| self.status.to_string(), str::to_owned))
    }

    /// The error code of an answer of the JSON Wire Protocol, which tells failure by a number in the body.
    fn legacy_error(&self) -> Option<String> {
        // Every other answer is spared the parsing, a screenshot among them.
        let names_status = self.body.windows(STATUS.len()).take(STATUS_WITHIN_BYTES).any(|part| part == STATUS);
        if !names_status {
            return None;
        }
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        let status = body["status"].as_u64().filter(|status| *status != 0)?;
        let named = LEGACY_ERRORS.iter().find(|(number, _)| *number == status);
        Some(named.map_or_else(|| format!("status {status}"), |(_, name)| (*name).to_owned()))
    }

    /// The id of the session that was opened, if one was.
    pub(super) fn session_id(&self) -> Option<String> {
        if self.error().is_some() {
            return None;
        }
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        // The second is that of the JSON Wire Protocol.
        body["value"]["sessionId"].as_str().or(body["sessionId"].as_str()).map(str::to_owned)
    }

    /// The `value` of the answer.
    pub(super) fn value(&self) -> Value {
        serde_json::from_slice(&self.body).map(|mut body: Value| body["value"].take()).unwrap_or_default()
    }
}

/// The URL of a server without the final slash.
fn base(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

fn innermost(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).last().map(ToString::to_string).unwrap_or_default()
}

/// Path of the command that opens a session (WebDriver, 8.1 "New session").
const NEW_SESSION: &str = "/session";
/// The other headers belong to the connection between client and endpoint.
/// [`loopback_guard`](crate::suite::loopback_guard) has checked `Host` and `Origin`.
const PASSED_ON: [header::HeaderName; 4] =
    [header::CONTENT_TYPE, header::ACCEPT, header::AUTHORIZATION, header::USER_AGENT];
const HOP_BY_HOP: [header::HeaderName; 4] =
    [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH, header::UPGRADE];
const STATUS: &[u8] = b"\"status\"";
/// An answer that tells failure begins with its session and its status, or holds nothing but a message.
const STATUS_WITHIN_BYTES: usize = 64 << 10;
/// The numbers of the JSON Wire Protocol ("Response Status Codes") by the names of WebDriver, 6.6 "Handling errors".
const LEGACY_ERRORS: [(u64, &str); 24] = [
    (6, "invalid session id"),
    (7, "no such element"),
    (8, "no such frame"),
    (9, "unknown command"),
    (10, "stale element reference"),
    (11, "element not interactable"),
    (12, "invalid element state"),
    (13, "unknown error"),
    (15, "element not selectable"),
    (17, "javascript error"),
    (19, "invalid selector"),
    (21, "timeout"),
    (23, "no such window"),
    (24, "invalid cookie domain"),
    (25, "unable to set cookie"),
    (26, "unexpected alert open"),
    (27, "no such alert"),
    (28, "script timeout"),
    (32, "invalid selector"),
    (33, "session not created"),
    (34, "move target out of bounds"),
    (60, "element not interactable"),
    (61, "invalid argument"),
    (62, "no such cookie"),
];
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const OWN_COMMAND_TIMEOUT: Duration = Duration::from_secs(5);
