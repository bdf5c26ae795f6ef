//! A connection to a browser by the Chrome DevTools Protocol.
//!
//! ChromeDriver takes one command at a time, and each passes through two more processes. This connection sends calls
//! without waiting for earlier answers, and the page reports its changes instead of being polled.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};
use url::Url;
use vestibule_model::Secret;

use super::console;
use super::tab_event::TabEvent;
use crate::browser::console_line::ConsoleLine;
use crate::browser::error::BrowserError;
use crate::browser::http_client::client_to;

/// A connection. Dropping it closes it.
#[derive(Debug)]
pub(super) struct DevTools {
    outgoing: mpsc::UnboundedSender<String>,
    waiting: Arc<Waiting>,
    last_id: AtomicU64,
}

/// The pending answer to a call that was sent.
#[derive(Debug)]
pub(super) struct PendingAnswer {
    method: &'static str,
    coming: oneshot::Receiver<Result<Value, Refusal>>,
}

/// Why a call was refused.
#[derive(Debug, Deserialize)]
struct Refusal {
    message: String,
    /// The page or the connection is gone.
    #[serde(skip)]
    lost: bool,
}

/// The state that the reader updates.
#[derive(Debug, Default)]
struct Waiting {
    calls: Mutex<HashMap<u64, Call>>,
    /// Console messages with the session of their tab.
    console: Mutex<Vec<(String, ConsoleLine)>>,
    /// Sessions of tabs on the way to another document.
    navigating: watch::Sender<HashSet<String>>,
    /// Whether a URL with a username and a password was opened.
    password: AtomicBool,
    /// The messages of identity providers that were sent, where they are wanted.
    answers: Mutex<Option<Vec<Secret>>>,
    /// The receiver of events about tabs.
    tabs: Mutex<Option<mpsc::UnboundedSender<TabEvent>>>,
}

/// A call that was sent.
#[derive(Debug)]
struct Call {
    /// The session of its tab; `None` for the browser.
    session: Option<String>,
    answer: oneshot::Sender<Result<Value, Refusal>>,
}

impl DevTools {
    /// Connects to a browser by its debugger address: `127.0.0.1:41217`.
    pub(super) async fn connect(address: &str) -> Result<Self, BrowserError> {
        let lost = |reason: String| BrowserError::Lost { command: CONNECT, reason };
        let client = client_to("http").build().map_err(|error| lost(error.to_string()))?;
        let answer = client.get(format!("http://{address}/json/version")).send().await;
        let version: Version = match answer {
            Ok(answer) => answer.json().await.map_err(|error| lost(error.to_string()))?,
            Err(error) => return Err(lost(error.to_string())),
        };
        let stream = TcpStream::connect(address).await.map_err(|error| lost(error.to_string()))?;
        stream.set_nodelay(true).map_err(|error| lost(error.to_string()))?;
        let (socket, _) = client_async(version.url.as_str(), stream).await.map_err(|error| lost(error.to_string()))?;
        let (sink, messages) = socket.split();
        let (outgoing, queued) = mpsc::unbounded_channel();
        let waiting = Arc::new(Waiting::default());
        tokio::spawn(write(queued, sink));
        tokio::spawn(read(messages, Arc::clone(&waiting), outgoing.downgrade()));
        Ok(Self { outgoing, waiting, last_id: AtomicU64::new(0) })
    }

    /// Sends a call at once; the answer may be awaited later, or never. `session` is a tab's session; `None` means the
    /// browser.
    pub(super) fn call(&self, session: Option<&str>, method: &'static str, params: Value) -> PendingAnswer {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let (sender, coming) = oneshot::channel();
        self.waiting.calls.lock().insert(id, Call { session: session.map(str::to_owned), answer: sender });
        let mut call = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            call["sessionId"] = session.into();
        }
        if self.outgoing.send(call.to_string()).is_err() {
            self.waiting.calls.lock().remove(&id);
        }
        PendingAnswer { method, coming }
    }

    /// The events of all current and future tabs, until the browser ends.
    pub(super) async fn tabs(&self) -> Result<mpsc::UnboundedReceiver<TabEvent>, BrowserError> {
        let (sender, tabs) = mpsc::unbounded_channel();
        *self.waiting.tabs.lock() = Some(sender);
        let pages = json!([{ "type": "page", "exclude": false }, { "exclude": true }]);
        let attach = json!({ "autoAttach": true, "waitForDebuggerOnStart": false, "flatten": true, "filter": pages });
        self.call(None, "Target.setAutoAttach", attach).get().await?;
        let discover = json!({ "discover": true, "filter": pages });
        self.call(None, "Target.setDiscoverTargets", discover).get().await?;
        Ok(tabs)
    }

    /// Waits until this tab is on the way to another document, for at most `limit`.
    pub(super) async fn departed(&self, session: &str, limit: Duration) {
        let mut navigating = self.waiting.navigating.subscribe();
        let departed = navigating.wait_for(|navigating| navigating.contains(session));
        // Most clicks do not navigate.
        let _in_time = timeout(limit, departed).await;
    }

    /// Waits while this tab is on the way to another document, for at most `limit`.
    pub(super) async fn arrived(&self, session: &str, limit: Duration) {
        let mut navigating = self.waiting.navigating.subscribe();
        let arrived = navigating.wait_for(|navigating| !navigating.contains(session));
        // If it takes longer, the old page is read.
        let _in_time = timeout(limit, arrived).await;
    }

    /// Whether a URL with a username and a password was opened since the last call.
    pub(super) fn saw_a_password(&self) -> bool {
        self.waiting.password.swap(false, Ordering::Relaxed)
    }

    /// From now on keeps what identity providers let a tab send; `Network.enable` must be on there.
    pub(super) fn keep_answers(&self) {
        self.waiting.answers.lock().get_or_insert_default();
    }

    /// What was kept since the last call, oldest first: each a URL, or the body of a form.
    pub(super) fn answers(&self) -> Vec<Secret> {
        self.waiting.answers.lock().as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// The console messages of this tab since the last call; forgets those of others.
    pub(super) fn console(&self, session: &str) -> Vec<ConsoleLine> {
        let lines = std::mem::take(&mut *self.waiting.console.lock());
        lines.into_iter().filter(|(of, _)| of == session).map(|(_, line)| line).collect()
    }
}

impl PendingAnswer {
    /// Waits for the answer.
    pub(super) async fn get(self) -> Result<Value, BrowserError> {
        let command = self.method;
        match self.coming.await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(Refusal { message, lost: true })) => Err(BrowserError::Lost { command, reason: message }),
            Ok(Err(Refusal { message, lost: false })) => Err(BrowserError::refused(command, message)),
            Err(_) => Err(BrowserError::Lost { command, reason: "the browser is gone".to_owned() }),
        }
    }
}

impl Waiting {
    fn answer(&self, id: u64, answer: Result<Value, Refusal>) {
        if let Some(call) = self.calls.lock().remove(&id) {
            // No caller waits for the answers to input that a navigation overtook.
            let _unheard = call.answer.send(answer);
        }
    }

    /// Ends the calls of a page that crashed or was closed.
    fn end(&self, session: Option<&str>, reason: &str) {
        let mut calls = self.calls.lock();
        for (_, call) in calls.extract_if(|_, call| call.session.as_deref() == session) {
            let _unheard = call.answer.send(Err(Refusal { message: reason.to_owned(), lost: true }));
        }
    }
}

#[derive(Deserialize)]
struct Version {
    #[serde(rename = "webSocketDebuggerUrl")]
    url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Incoming {
    id: Option<u64>,
    result: Option<Value>,
    error: Option<Refusal>,
    method: Option<String>,
    #[serde(default)]
    params: Value,
    session_id: Option<String>,
}

type Socket = WebSocketStream<TcpStream>;

/// Sends the queued messages, all that are there at once.
async fn write(mut queued: mpsc::UnboundedReceiver<String>, mut sink: SplitSink<Socket, Message>) {
    while let Some(first) = queued.recv().await {
        let mut next = Some(first);
        while let Some(text) = next {
            if sink.feed(Message::text(text)).await.is_err() {
                return;
            }
            next = queued.try_recv().ok();
        }
        if sink.flush().await.is_err() {
            return;
        }
    }
    // The browser may already be gone.
    let _told = sink.close().await;
}

async fn read(mut messages: SplitStream<Socket>, waiting: Arc<Waiting>, outgoing: mpsc::WeakUnboundedSender<String>) {
    while let Some(Ok(message)) = messages.next().await {
        let Message::Text(text) = message else { continue };
        let Ok(incoming) = serde_json::from_str::<Incoming>(&text) else { continue };
        match incoming {
            Incoming { id: Some(id), error: Some(error), .. } => waiting.answer(id, Err(error)),
            Incoming { id: Some(id), result, .. } => waiting.answer(id, Ok(result.unwrap_or_default())),
            Incoming { method: Some(method), params, session_id, .. } => {
                event(&method, &params, session_id.as_deref(), &waiting, &outgoing);
            }
            _ => {}
        }
    }
    // Calls that still wait learn that the browser is gone.
    waiting.calls.lock().clear();
    *waiting.tabs.lock() = None;
}

fn event(
    method: &str,
    params: &Value,
    session: Option<&str>,
    waiting: &Waiting,
    outgoing: &mpsc::WeakUnboundedSender<String>,
) {
    match method {
        // An open dialog blocks every script, so it is dismissed, as the WebDriver capability says.
        "Page.javascriptDialogOpening" => {
            let accept = params["type"] == "beforeunload";
            let mut call = json!({ "id": 0, "method": "Page.handleJavaScriptDialog", "params": { "accept": accept } });
            call["sessionId"] = session.unwrap_or_default().into();
            if let Some(outgoing) = outgoing.upgrade() {
                let _closing = outgoing.send(call.to_string());
            }
        }
        "Page.frameRequestedNavigation" if params["disposition"] != "currentTab" => {}
        "Page.frameRequestedNavigation" | "Page.frameStartedNavigating" | "Page.frameStartedLoading" => {
            waiting.navigating.send_modify(|navigating| {
                navigating.insert(session.unwrap_or_default().to_owned());
            });
            let opened = params["url"].as_str().and_then(|url| Url::parse(url).ok());
            if opened.is_some_and(|url| url.password().is_some()) {
                waiting.password.store(true, Ordering::Relaxed);
            }
        }
        "Page.frameNavigated" if !params["frame"]["parentId"].is_null() => {}
        "Page.frameNavigated" | "Page.frameStoppedLoading" | "Page.navigatedWithinDocument" => {
            waiting.navigating.send_modify(|navigating| {
                navigating.remove(session.unwrap_or_default());
            });
        }
        "Network.requestWillBeSent" => {
            if let Some(answers) = waiting.answers.lock().as_mut().filter(|answers| answers.len() < MOST_ANSWERS) {
                answers.extend(answer_in(&params["request"]));
            }
        }
        "Inspector.targetCrashed" => waiting.end(session, "the page crashed"),
        "Target.detachedFromTarget" => waiting.end(params["sessionId"].as_str(), "the page was closed"),
        "Target.attachedToTarget"
        | "Target.targetInfoChanged"
        | "WebAuthn.credentialAdded"
        | "WebAuthn.credentialAsserted" => {
            if let Some((tabs, event)) = waiting.tabs.lock().as_ref().zip(TabEvent::of(method, params)) {
                // The connection was dropped.
                let _unheard = tabs.send(event);
            }
        }
        _ => {
            let line = console::line(method, params).map(ConsoleLine::now);
            let line = line.zip(session).map(|(line, session)| (session.to_owned(), line));
            waiting.console.lock().extend(line);
        }
    }
}

/// What an identity provider says in a request: in the body of a form or in the URL.
fn answer_in(request: &Value) -> Option<Secret> {
    let holds = |text: &&str| ANSWERS.iter().any(|field| text.contains(field));
    let carried = request["postData"].as_str().filter(holds);
    let in_url = || request["url"].as_str().filter(holds);
    // A fragment is not part of `url`.
    let in_fragment = || request["urlFragment"].as_str().map(|text| text.trim_start_matches('#')).filter(holds);
    carried.or_else(in_url).or_else(in_fragment).map(Secret::new)
}

/// The fields that carry an answer.
const ANSWERS: [&str; 2] = ["SAMLResponse=", "id_token="];
/// Far more than one sign-in has.
const MOST_ANSWERS: usize = 50;
const CONNECT: &str = "connect to the browser";

#[cfg(test)]
pub(super) mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// A tab may still say something after the next case has begun.
    #[tokio::test]
    async fn the_console_of_a_tab_that_was_left_is_not_that_of_the_next() {
        let entry = |session: &str, text: &str| {
            let entry = json!({ "level": "error", "text": text });
            json!({ "method": "Log.entryAdded", "sessionId": session, "params": { "entry": entry } })
        };
        let address = browser_that_answers(move |call| {
            vec![entry("LEFT", "too late"), entry("OPEN", "in time"), result(call, &json!({}))]
        });
        let devtools = DevTools::connect(&address.await).await.unwrap();

        devtools.call(None, "Browser.getVersion", json!({})).get().await.unwrap();

        let lines: Vec<_> = devtools.console("OPEN").into_iter().map(|line| line.text).collect();
        assert_eq!(lines, ["SEVERE in time"]);
        assert!(devtools.console("LEFT").is_empty());
    }

    /// The debugger address of a browser that answers each call with these messages.
    pub(in crate::browser::cdp) async fn browser_that_answers(
        mut answer: impl FnMut(&Value) -> Vec<Value> + Send + 'static,
    ) -> String {
        vestibule_certs::install_tls_provider();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let version = json!({ "webSocketDebuggerUrl": format!("ws://{address}/devtools/browser/1") }).to_string();
        tokio::spawn(async move {
            let (mut asked, _) = listener.accept().await.unwrap();
            assert!(asked.read(&mut [0; 4096]).await.unwrap() > 0);
            let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", version.len());
            asked.write_all(format!("{head}{version}").as_bytes()).await.unwrap();
            let (stream, _) = listener.accept().await.unwrap();
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            while let Some(Ok(Message::Text(call))) = socket.next().await {
                let call: Value = serde_json::from_str(&call).unwrap();
                for message in answer(&call) {
                    socket.send(Message::text(message.to_string())).await.unwrap();
                }
            }
        });
        address
    }

    /// The answer to this call.
    pub(in crate::browser::cdp) fn result(call: &Value, result: &Value) -> Value {
        json!({ "id": call["id"], "result": result })
    }
}
