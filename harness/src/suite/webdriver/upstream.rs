//! The WebDriver server behind the endpoint.

use std::time::Duration;

use http::{HeaderMap, Method, StatusCode, header};
use hyper::body::Bytes;
use serde_json::{Value, json};
use url::Url;

use crate::browser::BrowserError;

/// The WebDriver server that commands are passed on to.
#[derive(Debug)]
pub(super) struct Upstream {
    /// Without the final slash.
    base: String,
    client: reqwest::Client,
}

/// An answer of the server, or one of ours in the same form.
#[derive(Debug)]
pub(super) struct DriverResponse {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Upstream {
    pub(super) fn new(url: &Url) -> Result<Self, BrowserError> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .tcp_nodelay(true)
            .connect_timeout(CONNECT_TIMEOUT)
            .build()
            .map_err(|error| BrowserError::DriverNotReady { why: error.to_string() })?;
        Ok(Self { base: url.as_str().trim_end_matches('/').to_owned(), client })
    }

    /// Forwards a request unchanged. If the server is gone, the answer is a WebDriver error.
    pub(super) async fn pass_on(&self, method: Method, path: &str, headers: &HeaderMap, body: Bytes) -> DriverResponse {
        let mut request = self.client.request(method, format!("{}{path}", self.base)).body(body);
        for name in PASSED_ON {
            if let Some(value) = headers.get(&name) {
                request = request.header(name, value.clone());
            }
        }
        match Self::receive(request).await {
            Ok(answer) => answer,
            Err(error) => DriverResponse::unknown_error(&format!(
                "vestibule: the WebDriver server does not answer: {}",
                innermost(&error)
            )),
        }
    }

    /// Sends our own command; `None` if it fails.
    pub(super) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Option<Value> {
        let mut request = self.client.request(method, format!("{}{path}", self.base)).timeout(OWN_COMMAND_TIMEOUT);
        if let Some(body) = body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let answer = Self::receive(request).await.ok()?;
        let mut value: Value = serde_json::from_slice(&answer.body).ok()?;
        answer.status.is_success().then(|| value["value"].take())
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
    /// WebDriver, 6.6 "Handling errors".
    pub(super) fn unknown_error(message: &str) -> Self {
        let body = json!({ "value": { "error": "unknown error", "message": message, "stacktrace": "" } });
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
            return None;
        }
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        Some(body["value"]["error"].as_str().map_or_else(|| self.status.to_string(), str::to_owned))
    }

    /// The `value` of the answer.
    pub(super) fn value(&self) -> Value {
        serde_json::from_slice(&self.body).map(|mut body: Value| body["value"].take()).unwrap_or_default()
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).last().map(ToString::to_string).unwrap_or_default()
}

/// The other headers belong to the connection between client and endpoint.
/// [`loopback_guard`](crate::suite::loopback_guard) has checked `Host` and `Origin`.
const PASSED_ON: [header::HeaderName; 4] =
    [header::CONTENT_TYPE, header::ACCEPT, header::AUTHORIZATION, header::USER_AGENT];
const HOP_BY_HOP: [header::HeaderName; 4] =
    [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH, header::UPGRADE];
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const OWN_COMMAND_TIMEOUT: Duration = Duration::from_secs(5);
