//! The sessions of one WebDriver server that have not ended.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// Held by a server.
#[derive(Debug, Default)]
pub(super) struct OpenSessions(watch::Sender<()>);

/// Held by a session until it has ended.
#[derive(Debug)]
pub(super) struct OpenSession(#[expect(dead_code, reason = "its end is its drop")] watch::Receiver<()>);

impl OpenSessions {
    /// One more.
    pub(super) fn count(&self) -> OpenSession {
        OpenSession(self.0.subscribe())
    }

    /// Waits until every session has ended, but not for long.
    pub(super) async fn have_ended(&self) {
        // A session that does not end is left to its server.
        let _ended = timeout(LAST_END, self.0.closed()).await;
    }
}

const LAST_END: Duration = Duration::from_secs(5);
