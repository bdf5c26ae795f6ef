//! The time that one command of a session may take.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::error::BrowserError;

/// Limits the time of every command of a session. After an unanswered command, all later ones fail at once.
#[derive(Debug)]
pub(super) struct CommandBounds {
    limit: Duration,
    lost: AtomicBool,
}

impl CommandBounds {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, lost: AtomicBool::new(false) }
    }

    /// Runs a command of this name within the limit.
    pub(super) async fn run<T>(
        &self,
        name: &'static str,
        command: impl Future<Output = Result<T, BrowserError>>,
    ) -> Result<T, BrowserError> {
        if self.lost.load(Ordering::Relaxed) {
            return Err(BrowserError::Lost { command: name, reason: "an earlier command was not answered".to_owned() });
        }
        let error = match tokio::time::timeout(self.limit, command).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => error,
            Err(_) => BrowserError::Timeout { command: name, limit: self.limit },
        };
        if matches!(error, BrowserError::Timeout { .. } | BrowserError::Lost { .. }) {
            self.lost.store(true, Ordering::Relaxed);
        }
        Err(error)
    }
}
