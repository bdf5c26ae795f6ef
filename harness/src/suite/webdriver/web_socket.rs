//! WebDriver BiDi: forwards the messages of the driver's WebSocket.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::{SinkExt as _, StreamExt as _};
use http::header::{self, HeaderValue};
use http::{HeaderMap, StatusCode};
use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::command_record::CommandRecord;
use super::forwarder::Forwarder;
use crate::outcome::WebDriverCommand;
use crate::trace::redact_url;

/// Whether a request asks for a WebSocket.
pub(super) fn is_requested(headers: &HeaderMap) -> bool {
    let upgrade = headers.get(header::UPGRADE).and_then(|value| value.to_str().ok());
    upgrade.is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
}

/// Connects to the driver, then answers the handshake and forwards messages both ways until one end closes.
pub(super) async fn join(
    forwarder: Arc<Forwarder>,
    session: String,
    headers: &HeaderMap,
    upgrade: OnUpgrade,
) -> Response<Full<Bytes>> {
    let refuse = |status| {
        let mut response = Response::new(Full::default());
        *response.status_mut() = status;
        response
    };
    let Some(url) = forwarder.recorder.session(&session).web_socket else { return refuse(StatusCode::NOT_FOUND) };
    let Some(key) = headers.get(header::SEC_WEBSOCKET_KEY) else { return refuse(StatusCode::BAD_REQUEST) };
    let driver = tokio_tungstenite::connect_async_with_config(url, Some(unlimited()), true).await;
    let Ok((driver, _)) = driver else { return refuse(StatusCode::BAD_GATEWAY) };
    let mut response = refuse(StatusCode::SWITCHING_PROTOCOLS);
    let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes()));
    response.headers_mut().extend([
        (header::CONNECTION, HeaderValue::from_static("upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
    ]);
    if let Ok(accept) = accept {
        response.headers_mut().insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    tokio::spawn(async move {
        if let Ok(upgraded) = upgrade.await {
            let suite = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(unlimited())).await;
            pass_on(&forwarder, &session, suite, driver).await;
        }
    });
    response
}

async fn pass_on<S, D>(forwarder: &Arc<Forwarder>, session: &str, suite: WebSocketStream<S>, driver: WebSocketStream<D>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    D: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let (mut to_suite, mut from_suite) = suite.split();
    let (mut to_driver, mut from_driver) = driver.split();
    let mut pending = HashMap::new();
    let verifies = forwarder.additions.verifies();
    loop {
        let passed = tokio::select! {
            message = from_suite.next() => {
                let Some(Ok(message)) = message else { break };
                drop(forwarder.recorder.commanding());
                let command = message.is_text().then(|| BidiCommand::read(message.to_text().ok()?)).flatten();
                match command {
                    // Where no org is simulated, the suite's own proxy stays its own.
                    Some((id, command)) if command.has_own_proxy && !verifies => {
                        let told = Some(UNSUPPORTED.to_owned());
                        forwarder.record(session, forwarder.recorder.now(), command.record, told);
                        to_suite.send(Message::text(refused_proxy(id))).await
                    }
                    command => {
                        if let Some((id, command)) = command {
                            if let Some(context) = &command.context {
                                forwarder.enters_context(session, context).await;
                            }
                            if command.ends {
                                forwarder.before_end(session).await;
                            }
                            pending.insert(id, (forwarder.recorder.now(), command));
                        }
                        let text = message.to_text().ok().filter(|_| verifies);
                        let verified = text.and_then(with_verification);
                        to_driver.send(verified.map_or(message, Message::text)).await
                    }
                }
            }
            message = from_driver.next() => {
                let Some(Ok(message)) = message else { break };
                if let Message::Text(text) = &message
                    && let Ok(answer) = serde_json::from_str::<Value>(text)
                    && let Some((at_ms, command)) = answer["id"].as_u64().and_then(|id| pending.remove(&id))
                {
                    let BidiCommand { record, context, may_leave_page, ends: _, has_own_proxy: _ } = command;
                    if let Some(target) = record.target.as_deref().filter(|_| record.what.is_search()) {
                        forwarder.recorder.found(session, target, &answer["result"]);
                    }
                    let error = answer["error"].as_str().map(str::to_owned);
                    let told = error.or_else(|| record.found_none(|| answer["result"].clone()));
                    forwarder.record(session, at_ms, record, told);
                    if may_leave_page {
                        forwarder.probe_later(session, context).await;
                    }
                }
                to_suite.send(message).await
            }
        };
        if passed.is_err() {
            break;
        }
    }
    // Either end may be gone already.
    let _closed = to_suite.close().await;
    let _closed = to_driver.close().await;
}

/// A BiDi command.
#[derive(Debug)]
struct BidiCommand {
    record: CommandRecord,
    /// The browsing context in which it acts: a window or a frame.
    context: Option<String>,
    may_leave_page: bool,
    /// Whether a window or the whole session ends with it.
    ends: bool,
    /// Whether the windows that it makes would reach every host through a proxy of their own.
    has_own_proxy: bool,
}

impl BidiCommand {
    /// A command and its id. Of its parameters, two are recorded: the URL of a navigation and a locator.
    fn read(text: &str) -> Option<(u64, Self)> {
        let message: Value = serde_json::from_str(text).ok()?;
        let (id, method) = (message["id"].as_u64()?, message["method"].as_str()?);
        let params = &message["params"];
        let context = params["context"].as_str().or(params["target"]["context"].as_str()).map(str::to_owned);
        let (may_leave_page, ends) = (LEAVING.contains(&method), ENDING.contains(&method));
        let has_own_proxy = names_proxy(method, params);
        Some((id, Self { record: record(method, params), context, may_leave_page, ends, has_own_proxy }))
    }
}

/// Whether a command makes a user context with a proxy: by BiDi, or by the command of DevTools for it.
fn names_proxy(method: &str, params: &Value) -> bool {
    match method {
        "browser.createUserContext" => !params["proxy"].is_null(),
        "goog:cdp.sendCommand" | "cdp.sendCommand" => {
            let proxy = params["params"]["proxyServer"].as_str();
            params["method"] == "Target.createBrowserContext" && proxy.is_some_and(|proxy| !proxy.is_empty())
        }
        _ => false,
    }
}

/// A command that lets a browser trust any certificate, turned round; `None` for any other message.
fn with_verification(text: &str) -> Option<String> {
    let mut message: Value = serde_json::from_str(text).ok()?;
    let (method, params) = (message["method"].as_str()?, &message["params"]);
    let of_devtools = matches!(method, "goog:cdp.sendCommand" | "cdp.sendCommand");
    if method == "browser.createUserContext" && !params["acceptInsecureCerts"].is_null() {
        message["params"]["acceptInsecureCerts"] = false.into();
    } else if of_devtools && params["method"] == "Security.setIgnoreCertificateErrors" {
        message["params"]["params"] = json!({ "ignore": false });
    } else {
        return None;
    }
    Some(message.to_string())
}

/// The answer to a command that names a proxy (WebDriver BiDi, 4.2 "Errors").
fn refused_proxy(id: u64) -> String {
    let message = "refused a user context with a proxy of its own, which could lead the login to a real org; name the \
                   proxy with the argument --proxy-server, and it serves every other host";
    json!({ "type": "error", "id": id, "error": UNSUPPORTED, "message": message }).to_string()
}

fn record(method: &str, params: &Value) -> CommandRecord {
    let (what, target) = match method {
        "browsingContext.navigate" => (WebDriverCommand::Open, params["url"].as_str().map(redact_url)),
        "browsingContext.locateNodes" => {
            let locator = &params["locator"];
            let target = locator["type"].as_str().zip(locator["value"].as_str());
            (WebDriverCommand::FindElements, target.map(|(kind, value)| format!("{kind} {value}")))
        }
        other => (WebDriverCommand::Other(format!("bidi {other}")), None),
    };
    CommandRecord { what, target, element: None }
}

/// The error of a command that is not served.
const UNSUPPORTED: &str = "unsupported operation";
/// Commands after which a window may show another page.
const LEAVING: [&str; 4] =
    ["browsingContext.navigate", "browsingContext.reload", "browsingContext.traverseHistory", "input.performActions"];

/// Commands with which windows end.
const ENDING: [&str; 4] = ["browser.close", "browser.removeUserContext", "browsingContext.close", "session.end"];

/// Screenshots are messages of many megabytes.
fn unlimited() -> WebSocketConfig {
    WebSocketConfig::default().max_message_size(None).max_frame_size(None)
}
