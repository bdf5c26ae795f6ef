//! A connection to a browser by WebDriver BiDi.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};
use url::Url;

use super::console;
use crate::browser::console_line::ConsoleLine;
use crate::browser::error::BrowserError;

/// A connection. Dropping it closes it; the session of the browser goes on.
#[derive(Debug)]
pub(super) struct Connection {
    outgoing: mpsc::UnboundedSender<String>,
    waiting: Arc<Waiting>,
    last_id: AtomicU64,
}

/// What a command gave, or why the browser refused it.
type Answer = Result<Value, String>;

/// The state that the reader updates.
#[derive(Debug, Default)]
struct Waiting {
    /// `None` after the browser has gone.
    calls: Mutex<Option<HashMap<u64, oneshot::Sender<Answer>>>>,
    console: Mutex<Vec<ConsoleLine>>,
    /// The receiver of what scripts in pages say.
    messages: Mutex<Option<mpsc::UnboundedSender<PageMessage>>>,
}

/// What a script in a page says over its channel.
pub(super) struct PageMessage {
    /// The text.
    pub(super) text: String,
    /// Id of the realm of the script.
    pub(super) realm: String,
}

#[derive(Deserialize)]
struct Incoming {
    id: Option<u64>,
    result: Option<Value>,
    message: Option<String>,
    method: Option<String>,
    #[serde(default)]
    params: Value,
}

impl Connection {
    /// Connects by the capability `webSocketUrl`: `ws://127.0.0.1:41217/session/…`.
    pub(super) async fn open(address: &str) -> Result<Self, BrowserError> {
        let lost = |reason: String| BrowserError::Lost { command: CONNECT, reason: format!("{address}: {reason}") };
        let url = Url::parse(address).map_err(|error| lost(error.to_string()))?;
        let host = url.host_str().ok_or_else(|| lost("it names no host".to_owned()))?;
        let port = url.port_or_known_default().ok_or_else(|| lost("it names no port".to_owned()))?;
        let stream = TcpStream::connect((host, port)).await.map_err(|error| lost(error.to_string()))?;
        stream.set_nodelay(true).map_err(|error| lost(error.to_string()))?;
        let (socket, _) = client_async(address, stream).await.map_err(|error| lost(error.to_string()))?;
        let (sink, messages) = socket.split();
        let (outgoing, queued) = mpsc::unbounded_channel();
        let waiting = Arc::new(Waiting { calls: Mutex::new(Some(HashMap::new())), ..Waiting::default() });
        tokio::spawn(write(queued, sink));
        tokio::spawn(read(messages, Arc::clone(&waiting)));
        Ok(Self { outgoing, waiting, last_id: AtomicU64::new(0) })
    }

    /// Sends a command and waits for its answer.
    pub(super) async fn call(&self, method: &'static str, params: Value) -> Result<Value, BrowserError> {
        let lost = || BrowserError::Lost { command: method, reason: "the browser is gone".to_owned() };
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let (sender, coming) = oneshot::channel();
        self.waiting.calls.lock().as_mut().ok_or_else(lost)?.insert(id, sender);
        let call = json!({ "id": id, "method": method, "params": params });
        self.outgoing.send(call.to_string()).map_err(|_| lost())?;
        match coming.await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(reason)) => Err(BrowserError::refused(method, reason)),
            Err(_) => Err(lost()),
        }
    }

    /// What scripts in pages say from now on, until it is asked for again or the browser ends.
    pub(super) fn messages(&self) -> mpsc::UnboundedReceiver<PageMessage> {
        let (sender, messages) = mpsc::unbounded_channel();
        *self.waiting.messages.lock() = Some(sender);
        messages
    }

    /// The console messages since the last call.
    pub(super) fn console(&self) -> Vec<ConsoleLine> {
        std::mem::take(&mut *self.waiting.console.lock())
    }
}

type Socket = WebSocketStream<TcpStream>;

async fn write(mut queued: mpsc::UnboundedReceiver<String>, mut sink: SplitSink<Socket, Message>) {
    while let Some(text) = queued.recv().await {
        if sink.send(Message::text(text)).await.is_err() {
            return;
        }
    }
    // The browser may already be gone.
    let _told = sink.close().await;
}

async fn read(mut messages: SplitStream<Socket>, waiting: Arc<Waiting>) {
    while let Some(Ok(message)) = messages.next().await {
        let Message::Text(text) = message else { continue };
        let Ok(incoming) = serde_json::from_str::<Incoming>(&text) else { continue };
        match incoming {
            Incoming { id: Some(id), result, message, .. } => {
                let answer = result.ok_or_else(|| message.unwrap_or_default());
                if let Some(call) = waiting.calls.lock().as_mut().and_then(|calls| calls.remove(&id)) {
                    // A caller that was given up does not wait any more.
                    let _unheard = call.send(answer);
                }
            }
            Incoming { method: Some(method), params, .. } if method == "log.entryAdded" => {
                waiting.console.lock().extend(console::line(&params).map(ConsoleLine::now));
            }
            Incoming { method: Some(method), params, .. } if method == "script.message" => {
                let text = |value: &Value| value.as_str().map(str::to_owned);
                let message = text(&params["data"]["value"]).zip(text(&params["source"]["realm"]));
                if let (Some(messages), Some((text, realm))) = (waiting.messages.lock().as_ref(), message) {
                    // Nobody listens any more.
                    let _unheard = messages.send(PageMessage { text, realm });
                }
            }
            _ => {}
        }
    }
    waiting.messages.lock().take();
    // Calls that still wait learn that the browser is gone.
    waiting.calls.lock().take();
}

const CONNECT: &str = "connect to the browser";
