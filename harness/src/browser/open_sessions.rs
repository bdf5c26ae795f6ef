//! The sessions of one WebDriver server that have not ended.

use std::sync::Arc;
use std::time::Duration;

/// Held by each session until it has ended, and by its server.
#[derive(Debug, Clone, Default)]
pub(super) struct OpenSessions(Arc<()>);

impl OpenSessions {
    /// Waits until every session has ended, but not for long.
    pub(super) async fn have_ended(&self) {
        for _ in 0..POLLS {
            if Arc::strong_count(&self.0) == 1 {
                return;
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }
}

const POLLS: u32 = 250;
const POLL_INTERVAL: Duration = Duration::from_millis(20);
