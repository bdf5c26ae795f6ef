//! The tab of the next case, made while this one runs: to make it takes longer than to remove what a case has left.

use std::future::Future;

use parking_lot::Mutex;
use tokio::task::JoinSet;

use super::user_context::OpenTab;
use crate::browser::error::BrowserError;

/// The next tab. Dropping it stops making it.
#[derive(Debug, Default)]
pub(super) struct NextTab {
    making: Mutex<JoinSet<Result<OpenTab, BrowserError>>>,
}

impl NextTab {
    /// Begins to make it.
    pub(super) fn begin(&self, making: impl Future<Output = Result<OpenTab, BrowserError>> + Send + 'static) {
        self.making.lock().spawn(making);
    }

    /// Waits until it is made, and gives it away. `None` if it was not begun, or could not be made.
    pub(super) async fn take(&self) -> Option<OpenTab> {
        let mut making = std::mem::take(&mut *self.making.lock());
        making.join_next().await?.ok()?.ok()
    }
}
