//! The WebDriver commands of one session, each with a time limit.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use fantoccini::Client;
use fantoccini::error::CmdError;
use fantoccini::wd::WindowHandle;
use serde_json::{Value, json};
use tokio::runtime::Handle;

use super::command::ExtensionCommand;
use crate::browser::bounds::CommandBounds;
use crate::browser::error::BrowserError;
use crate::browser::open_sessions::{OpenSession, OpenSessions};

/// A connection to a WebDriver server for one session.
#[derive(Debug)]
pub(in crate::browser) struct WebDriverClient {
    pub(super) client: Client,
    pub(super) bounds: Arc<CommandBounds>,
    /// The window that the server was last told to drive.
    window: tokio::sync::Mutex<Option<String>>,
    ended: AtomicBool,
    /// Held until the session has ended.
    counted: OnceLock<OpenSession>,
}

impl WebDriverClient {
    pub(in crate::browser) fn new(client: Client, bounds: Arc<CommandBounds>) -> Self {
        Self {
            client,
            bounds,
            window: tokio::sync::Mutex::default(),
            ended: AtomicBool::new(false),
            counted: OnceLock::new(),
        }
    }

    /// Counts the session among the open ones of its server.
    pub(in crate::browser) fn count_among(&self, open: &OpenSessions) {
        // A session is opened by one server.
        let _counted = self.counted.set(open.count());
    }

    /// Sends a command, and names it in the error.
    pub(super) async fn command<T>(
        &self,
        name: &'static str,
        command: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<T, BrowserError> {
        let bounded = async {
            let error = match command.await {
                Ok(answer) => return Ok(answer),
                Err(error) => BrowserError::of_command(name, error),
            };
            // A hub answers with the same error as a browser that refuses something when the node of a session is gone.
            match error {
                BrowserError::Refused { command, reason } if !self.is_alive().await => {
                    Err(BrowserError::Lost { command, reason })
                }
                error => Err(error),
            }
        };
        self.bounds.run(name, bounded).await
    }

    /// Whether the session still answers: each does to this question.
    async fn is_alive(&self) -> bool {
        self.client.issue_cmd(ExtensionCommand::get("timeouts")).await.is_ok()
    }

    pub(in crate::browser) async fn extension(
        &self,
        name: &'static str,
        command: ExtensionCommand,
    ) -> Result<Value, BrowserError> {
        self.command(name, self.client.issue_cmd(command)).await
    }

    /// A DevTools command over ChromeDriver's bridge.
    pub(super) async fn cdp(&self, method: &'static str, params: Value) -> Result<Value, BrowserError> {
        let body = json!({ "cmd": method, "params": params });
        self.extension("send a DevTools command", ExtensionCommand::post("goog/cdp/execute", body)).await
    }

    /// Points the server at this window, if its last command went to another.
    pub(in crate::browser) async fn switch_to(&self, target: &str) -> Result<(), BrowserError> {
        let mut window = self.window.lock().await;
        if window.as_deref() == Some(target) {
            return Ok(());
        }
        let name = "switch to a window";
        let handle = WindowHandle::try_from(target)
            .map_err(|error| BrowserError::Refused { command: name, reason: error.to_string() })?;
        self.command(name, self.client.switch_to_window(handle)).await?;
        *window = Some(target.to_owned());
        Ok(())
    }

    /// The open window as PNG.
    pub(in crate::browser) async fn screenshot(&self) -> Result<Vec<u8>, BrowserError> {
        self.command("take a screenshot", self.client.screenshot()).await
    }

    /// Ends the session and its browser.
    pub(in crate::browser) async fn close(&self) -> Result<(), BrowserError> {
        self.command("close the WebDriver session", end(self.client.clone())).await?;
        self.ended.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// Ends the session: on a server that others use too, it would hold its place until that server's own limit.
impl Drop for WebDriverClient {
    fn drop(&mut self) {
        if !self.ended.load(Ordering::Relaxed)
            && let Ok(runtime) = Handle::try_current()
        {
            let (client, counted) = (self.client.clone(), self.counted.take());
            runtime.spawn(async move {
                // A server that does not answer ends it by itself, at its own limit.
                let _ended = tokio::time::timeout(END_LIMIT, end(client)).await;
                drop(counted);
            });
        }
    }
}

/// Ends a session. The command of fantoccini for that names no user to a server that asks for one.
async fn end(client: Client) -> Result<(), CmdError> {
    client.persist().await?;
    client.issue_cmd(ExtensionCommand::delete("")).await.map(drop)
}

/// How long the end of a session may take that nobody waits for.
const END_LIMIT: Duration = Duration::from_secs(5);
